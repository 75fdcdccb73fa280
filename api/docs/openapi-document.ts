// The OpenAPI 3.1 document, made from the same lists that are mounted: routes, and live doors.
import type { z } from 'zod';
import type { DoorPage } from '../../realtime/hub/door-pages.ts';
import { RawBody } from '../route/body-spec.ts';
import type { Route } from '../route/define-route.ts';
import { MediaReply, isNoContent } from '../route/reply.ts';
import { doorOperation, doorTag } from './door-operation.ts';
import { operationId } from './operation-id.ts';
import { RefusalResponses } from './refusal-responses.ts';
import { SharedSchemas } from './shared-schemas.ts';
import type { JsonSchema } from './shared-schemas.ts';

export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: Readonly<Record<string, unknown>>;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly [part: string]: unknown;
}

export interface Operation {
  readonly operationId: string;
  readonly [part: string]: unknown;
}

export interface Documented {
  readonly routes: readonly Route[];
  readonly doors: readonly DoorPage[];
  readonly version: string;
}

export function openApiDocument({ routes, doors, version }: Documented): OpenApiDocument {
  const schemas = new SharedSchemas();
  const refusals = new RefusalResponses(schemas);
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes) {
    const onPath = (paths[route.path] ??= {});
    onPath[route.method.toLowerCase()] = operation(route, { schemas, refusals });
  }
  for (const door of doors) (paths[door.path] ??= {})['get'] = doorOperation(door);
  assertUnique(Object.values(paths).flatMap((onPath) => Object.values(onPath).map((each) => each.operationId)));
  return {
    openapi: '3.1.0',
    info: { title: 'Holdfast', version, description: 'One ordered, provable log per tenant, and the compliance work over it.' },
    servers: [{ url: '/' }],
    tags: [...new Set([...routes, ...doors.map(() => ({ tag: doorTag }))].map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: schemas.all(),
      responses: refusals.all(),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}

interface Shared {
  readonly schemas: SharedSchemas;
  readonly refusals: RefusalResponses;
}

function operation(route: Route, { schemas, refusals }: Shared): Operation {
  return {
    operationId: operationId(route),
    tags: [route.tag],
    summary: route.summary,
    ...(describe(route) === '' ? {} : { description: describe(route) }),
    security: route.access === 'public' ? [] : [{ bearer: [] }],
    ...parameters(route, schemas),
    ...requestBody(route, schemas),
    responses: { ...replies(route, schemas), ...refusals.of(route) },
  };
}

function describe({ description, access }: Route): string {
  const scopes =
    typeof access === 'object'
      ? `Needs one of the scopes ${access.anyScope.map((scope) => `\`${scope}\``).join(', ')}, or a wider one.`
      : '';
  return [description, scopes].filter((part) => part !== undefined && part !== '').join('\n\n');
}

function parameters(route: Route, schemas: SharedSchemas): { parameters?: unknown[] } {
  const all = [
    ...parametersIn('path', route.params, schemas),
    ...parametersIn('query', route.query, schemas),
    ...parametersIn('header', route.headers, schemas),
  ];
  return all.length === 0 ? {} : { parameters: all };
}

function parametersIn(place: 'path' | 'query' | 'header', fields: z.ZodObject, schemas: SharedSchemas): unknown[] {
  const { properties = {}, required = [] } = schemas.of(fields, 'input');
  return Object.entries(properties).map(([name, schema]) => {
    const { description, ...rest } = schema;
    return { name, in: place, required: required.includes(name), ...(description === undefined ? {} : { description }), schema: rest };
  });
}

function requestBody(route: Route, schemas: SharedSchemas): { requestBody?: unknown } {
  if (!route.takesBody) return {};
  const { body } = route;
  if (body instanceof RawBody) {
    const schema: JsonSchema = body.documentedAs === undefined ? {} : schemas.of(body.documentedAs, 'input');
    return {
      requestBody: {
        required: true,
        content: Object.fromEntries(
          body.mediaTypes.map((type) => [
            type,
            { schema: type.endsWith('json') && !type.includes('ndjson') ? schema : { type: 'string' } },
          ]),
        ),
      },
    };
  }
  return {
    requestBody: { required: !body.safeParse(undefined).success, content: { 'application/json': { schema: schemas.of(body, 'input') } } },
  };
}

function replies(route: Route, schemas: SharedSchemas): Record<string, unknown> {
  const content = replyContent(route, schemas);
  const ordinary = { [String(route.status)]: { description: route.summary, ...content } };
  const others = Object.entries(route.otherStatuses).map(([status, description]) => [status, { description, ...content }] as const);
  return { ...ordinary, ...Object.fromEntries(others) };
}

function replyContent({ reply, alsoAs }: Route, schemas: SharedSchemas): { content?: unknown } {
  if (isNoContent(reply)) return {};
  if (reply instanceof MediaReply)
    return { content: Object.fromEntries(reply.mediaTypes.map((type) => [type, { schema: { type: 'string' } }])) };
  const others = Object.fromEntries(alsoAs.map((type) => [type, { schema: { type: 'string' } }]));
  return { content: { 'application/json': { schema: schemas.of(reply, 'output') }, ...others } };
}

function assertUnique(ids: readonly string[]): void {
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  if (twice.length > 0) throw new Error(`two routes share the operation id ${twice.join(', ')}`);
}
