// The refusals of a route as responses of the document; routes that refuse alike refer to the same response.
import { refusalCatalogue } from '../../domain/shared/refusal-catalogue.ts';
import type { RefusalCode } from '../../domain/shared/refusal-catalogue.ts';
import type { Route } from '../route/define-route.ts';
import type { Dialect } from '../route/dialect.ts';
import { refusalsOf } from '../route/refusals-of.ts';
import { MediaReply, isNoContent } from '../route/reply.ts';
import type { JsonSchema, SharedSchemas } from './shared-schemas.ts';

interface RefusedWith {
  readonly dialect: Dialect;
  readonly codes: readonly RefusalCode[];
}

export class RefusalResponses {
  readonly #schemas: SharedSchemas;
  readonly #shared = new Map<string, unknown>();

  constructor(schemas: SharedSchemas) {
    this.#schemas = schemas;
  }

  of(route: Route): Readonly<Record<string, unknown>> {
    const { dialect } = route;
    const byStatus = Map.groupBy(refusalsOf(route), (code) => dialect.statusOf(code));
    const responses = [...byStatus].map(([status, codes]) => {
      const asReply = route.otherStatuses[status];
      return [status, asReply === undefined ? this.#reference({ dialect, codes }) : this.#besideReply({ route, asReply, codes })] as const;
    });
    return Object.fromEntries(responses);
  }

  all(): Readonly<Record<string, unknown>> {
    return Object.fromEntries([...this.#shared].sort(([a], [b]) => a.localeCompare(b, 'en')));
  }

  #reference(refused: RefusedWith): unknown {
    const name = `${refused.dialect.name}.${refused.codes.join('.')}`;
    if (!this.#shared.has(name)) this.#shared.set(name, response({ description: meanings(refused.codes), schema: this.#problem(refused) }));
    return { $ref: `#/components/responses/${name}` };
  }

  /** A status that is a reply as well: both are told apart by their bodies. */
  #besideReply({
    route,
    asReply,
    codes,
  }: {
    readonly route: Route;
    readonly asReply: string;
    readonly codes: readonly RefusalCode[];
  }): unknown {
    const { reply, dialect } = route;
    const problem = this.#problem({ dialect, codes });
    const schema = isNoContent(reply) || reply instanceof MediaReply ? problem : { anyOf: [this.#schemas.of(reply, 'output'), problem] };
    return response({ description: `${asReply}\n\n${meanings(codes)}`, schema });
  }

  #problem({ dialect, codes }: RefusedWith): JsonSchema {
    return this.#schemas.of(dialect.documentProblem(codes), 'output');
  }
}

function response({ description, schema }: { readonly description: string; readonly schema: JsonSchema }): unknown {
  return { description, content: { 'application/json': { schema } } };
}

function meanings(codes: readonly RefusalCode[]): string {
  return codes.map((code) => `\`${code}\`: ${refusalCatalogue[code]}`).join('\n\n');
}
