// The document: made from the list, complete, and a page to read it that needs nothing from outside.
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { withDocumentation } from '../../api/docs/docs.routes.ts';
import { openApiDocument } from '../../api/docs/openapi-document.ts';
import { operationId } from '../../api/docs/operation-id.ts';
import { ingestBody } from '../../api/route/body-spec.ts';
import { defineRoute } from '../../api/route/define-route.ts';
import { queryInteger } from '../../api/route/query-values.ts';
import { producerId } from '../../domain/shared/ids.ts';
import { doorPages } from '../../realtime/hub/door-pages.ts';
import { withApi } from './with-api.ts';

const thing = z.strictObject({ id: z.string(), made_at: z.string().nullable() }).meta({ id: 'Thing' });

const list = defineRoute({
  method: 'GET',
  path: '/api/v1/things/{id}/parts',
  summary: 'List the parts of a thing',
  description: 'Newest first.',
  tag: 'things',
  access: { anyScope: ['audit:read'] },
  params: z.strictObject({ id: producerId.describe('The id of the thing') }),
  query: z.strictObject({ limit: queryInteger({ min: 1, max: 50 }).default(10) }),
  headers: z.object({ 'x-kind': z.string().optional() }),
  reply: z.strictObject({ parts: z.array(thing), cursor: z.string() }),
  otherStatuses: { 503: 'Not now.' },
  refusals: ['CURSOR_EXPIRED', 'CURSOR_INVALID'],
  handle: () => ({ parts: [], cursor: 'c' }),
});

const make = defineRoute({
  method: 'POST',
  path: '/api/v1/things',
  summary: 'Make a thing',
  tag: 'things',
  access: 'signed-in',
  body: z.strictObject({ name: z.string() }),
  reply: thing,
  status: 201,
  refusals: ['CONFLICT'],
  handle: () => ({ id: 'a', made_at: null }),
});

const ingest = defineRoute({
  method: 'POST',
  path: '/api/v1/bytes',
  summary: 'Take',
  tag: 'bytes',
  access: 'public',
  body: ingestBody(thing),
  reply: z.strictObject({}),
  refusals: [],
  handle: () => ({}),
});

interface DocumentedResponse {
  readonly $ref?: string;
  readonly description?: string;
  readonly content?: unknown;
}

const document = openApiDocument({ routes: [list, make, ingest], doors: [], version: '1.2.3' });

function operationOf(path: string, method: string): Record<string, unknown> {
  const operation = document.paths[path]?.[method];
  if (operation === undefined) throw new Error(`${method} ${path} is not in the document`);
  return operation;
}

describe('the document', () => {
  it('when a route has parameters, then each stands in its place with its bounds', () => {
    expect(operationOf('/api/v1/things/{id}/parts', 'get')['parameters']).toEqual([
      {
        name: 'id',
        in: 'path',
        required: true,
        description: 'The id of the thing',
        schema: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$' },
      },
      { name: 'limit', in: 'query', required: false, schema: { type: 'integer', minimum: 1, maximum: 50, default: 10 } },
      { name: 'x-kind', in: 'header', required: false, schema: { type: 'string' } },
    ]);
  });

  it('when a route may refuse, then every refusal stands under its status, also those on the way to it', () => {
    const { responses } = operationOf('/api/v1/things/{id}/parts', 'get') as { responses: Record<string, DocumentedResponse> };
    const shared = (document['components'] as { responses: Record<string, DocumentedResponse> }).responses;

    expect(Object.keys(responses)).toEqual(['200', '400', '401', '403', '404', '410', '422', '429', '500', '503']);
    expect(responses['410']).toEqual({ $ref: '#/components/responses/v1.CURSOR_EXPIRED' });
    expect(shared['v1.CURSOR_EXPIRED']?.description).toContain('CURSOR_EXPIRED');
    expect(JSON.stringify(shared['v1.CURSOR_EXPIRED']?.content)).toContain('"enum":["CURSOR_EXPIRED"]');
    expect(responses['401']?.$ref).toMatch(/AUTH_TOKEN_MISSING.*AUTH_TOKEN_EXPIRED.*TENANT_UNKNOWN/);
    expect(responses['503']?.description).toContain('Not now.');
    expect(JSON.stringify(responses['503']?.content)).toMatch(/parts[^]*UNAVAILABLE/);
  });

  it('when a response is referred to, then it is there', () => {
    const referred = [...JSON.stringify(document).matchAll(/"#\/components\/(\w+)\/([^"]+)"/g)].map(
      ([, kind, name]) => [String(kind), String(name)] as const,
    );
    const components = document['components'] as Record<string, Record<string, unknown>>;

    expect(referred.length).toBeGreaterThan(10);
    expect(referred.filter(([kind, name]) => components[kind]?.[name] === undefined)).toEqual([]);
  });

  it('when a schema has an id, then it stands once and is referred to', () => {
    expect(document['components']).toMatchObject({ schemas: { Thing: { type: 'object' }, V1Problem: { type: 'object' } } });
    expect(operationOf('/api/v1/things', 'post')).toMatchObject({
      responses: { 201: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } } },
    });
    expect(JSON.stringify(document)).not.toContain('$defs');
  });

  it('when a route asks for a token, then the document says which, and public ones say none', () => {
    expect(operationOf('/api/v1/things', 'post')['security']).toEqual([{ bearer: [] }]);
    expect(operationOf('/api/v1/bytes', 'post')['security']).toEqual([]);
    expect(operationOf('/api/v1/things/{id}/parts', 'get')['description']).toContain('audit:read');
  });

  it('when a route takes bytes, then each of its kinds is named', () => {
    expect(operationOf('/api/v1/bytes', 'post')).toMatchObject({
      requestBody: {
        required: true,
        content: {
          'application/json': { schema: { $ref: '#/components/schemas/Thing' } },
          'application/x-ndjson': { schema: { type: 'string' } },
        },
      },
    });
  });

  it('when two routes would share an operation id, then there is no document', () => {
    const twin = { ...make, path: '/Things' };

    expect(() => openApiDocument({ routes: [make, twin], doors: [], version: '1' })).toThrow('postThings');
  });
});

describe('operation ids', () => {
  it.each([
    ['GET', '/api/v1/sync/changes', 'getSyncChanges'],
    ['PUT', '/api/v1/directory/profiles/{id}/members/{member_id}', 'putDirectoryProfilesByIdMembersByMemberId'],
    ['POST', '/current/events/ack/', 'postCurrentEventsAck'],
    ['GET', '/openapi.json', 'getOpenapiJson'],
  ] as const)('when the route is %s %s, then its id is %s', (method, path, id) => {
    expect(operationId({ method, path })).toBe(id);
  });
});

describe('the page', () => {
  const routes = withDocumentation([make]);

  it('when it is asked for, then every part of it comes from here and may be run', async () => {
    await withApi({ routes }, async ({ url }) => {
      const response = await fetch(`${url}/docs`);
      const html = await response.text();
      const parts = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, part]) => String(part));

      expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(parts).toHaveLength(4);
      for (const part of parts) {
        const answer = await fetch(url + part);
        expect([part, answer.status, (await answer.arrayBuffer()).byteLength > 0]).toEqual([part, 200, true]);
      }
    });
  });

  it.each(['package.json', '..%2fpackage.json', '%2e%2e', 'index.html', 'constructor'])(
    'when %s is asked for, then nothing is there',
    async (file) => {
      await withApi({ routes }, async ({ url }) => {
        expect((await fetch(`${url}/docs/${file}`)).status).toBe(404);
      });
    },
  );

  it('when the document is asked for, then it is the document of this list, itself included', async () => {
    await withApi({ routes }, async ({ url }) => {
      const served = (await (await fetch(`${url}/openapi.json`)).json()) as typeof document;

      expect(served).toEqual(JSON.parse(JSON.stringify(openApiDocument({ routes, doors: Object.values(doorPages), version: '0.0.0-test' }))));
      expect(Object.keys(served.paths)).toEqual(['/api/v1/things', '/openapi.json', '/docs', '/docs/{file}', ...Object.values(doorPages).map(({ path }) => path)]);
    });
  });
});
