// Schemas as JSON Schema; those with an id of their own (`.meta({ id })`) stand once, under the document's components.
import { z } from 'zod';

export interface JsonSchema {
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly [keyword: string]: unknown;
}

export class SharedSchemas {
  readonly #shared = new Map<string, JsonSchema>();

  /** `input` is what may be sent, `output` what is answered. */
  of(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const { $schema, $defs = {}, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', override: withDefault }) as JsonSchema;
    for (const [id, shared] of Object.entries($defs)) this.#share(id, pointingAtComponents(shared));
    return pointingAtComponents(rest);
  }

  all(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries([...this.#shared].sort(([a], [b]) => a.localeCompare(b, 'en')));
  }

  #share(id: string, schema: JsonSchema): void {
    const before = this.#shared.get(id);
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(schema)) {
      throw new Error(`the schema ${id} reads differently in different places: give what is sent and what is answered an id each`);
    }
    this.#shared.set(id, schema);
  }
}

/** A default behind a transformation is a value, not what was sent; for numbers and flags both look alike. */
function withDefault({
  zodSchema,
  jsonSchema,
}: {
  readonly zodSchema: z.core.$ZodType;
  readonly jsonSchema: z.core.JSONSchema.BaseSchema;
}): void {
  if (!(zodSchema instanceof z.ZodDefault) || jsonSchema.default !== undefined) return;
  const { defaultValue } = zodSchema.def;
  if (typeof defaultValue === 'number' || typeof defaultValue === 'boolean') jsonSchema.default = defaultValue;
}

function pointingAtComponents(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema), (key: string, value: unknown) =>
    key === '$ref' && typeof value === 'string' ? value.replace('#/$defs/', '#/components/schemas/') : value,
  ) as JsonSchema;
}
