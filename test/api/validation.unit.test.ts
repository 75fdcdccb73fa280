// What a caller is told when values are wrong: every field at once, and what was expected there.
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineRoute } from '../../api/route/define-route.ts';
import { queryFlag, queryInteger, queryList } from '../../api/route/query-values.ts';
import { producerId } from '../../domain/shared/ids.ts';
import { bodyOf, postJson, withApi } from './with-api.ts';

const seen = z.looseObject({});

const list = defineRoute({
  method: 'GET',
  path: '/api/v1/things',
  summary: 'List things',
  tag: 'things',
  access: 'public',
  query: z.strictObject({
    limit: queryInteger({ min: 1, max: 5000 }).default(1000),
    wait: queryInteger({ min: 0, max: 95 }).optional(),
    partial: queryFlag().optional(),
    kinds: queryList({ item: z.enum(['a', 'b']), max: 3 }).optional(),
    share_id: producerId.optional(),
    q: z.string().optional(),
  }),
  reply: seen,
  refusals: [],
  handle: ({ query }) => query,
});

const make = defineRoute({
  method: 'POST',
  path: '/api/v1/things',
  summary: 'Make a thing',
  tag: 'things',
  access: 'public',
  query: z.strictObject({ dry: queryFlag().optional() }),
  headers: z.object({ 'idempotency-key': z.string().min(3).optional() }),
  body: z.strictObject({
    name: z.string().min(1).max(5),
    count: z.int().min(1),
    kind: z.enum(['a', 'b']),
    tags: z.array(z.string()).max(2).optional(),
    scope: z
      .discriminatedUnion('by', [z.strictObject({ by: z.literal('id'), id: producerId }), z.strictObject({ by: z.literal('all') })])
      .optional(),
    either: z
      .union([z.strictObject({ one: z.string() }), z.strictObject({ many: z.array(z.strictObject({ n: z.number() })) }), z.string()])
      .optional(),
  }),
  reply: seen,
  status: 201,
  refusals: [],
  handle: ({ body, headers }) => ({ ...body, ...headers }),
});

const put = defineRoute({
  method: 'PUT',
  path: '/api/v1/things/{id}',
  summary: 'Make or change a thing',
  tag: 'things',
  access: 'public',
  params: z.strictObject({ id: producerId }),
  body: z.strictObject({ name: z.string() }),
  reply: seen,
  refusals: [],
  handle: ({ params, body }) => ({ ...params, ...body }),
});

const show = defineRoute({
  method: 'GET',
  path: '/api/v1/things/{id}',
  summary: 'Show a thing',
  tag: 'things',
  access: 'public',
  params: z.strictObject({ id: producerId }),
  reply: seen,
  refusals: [],
  handle: ({ params }) => params,
});

const routes = [list, make, put, show];
const good = { name: 'n', count: 1, kind: 'a' };

function fieldsOf(body: Record<string, unknown>): unknown {
  const { error } = body as { error: { code: string; details: { fields: unknown } } };
  expect(error.code).toBe('VALIDATION_FAILED');
  return error.details.fields;
}

describe('query parameters', () => {
  it('when they are right, then the handler gets values and defaults', async () => {
    await withApi({ routes }, async ({ url }) => {
      const response = await fetch(`${url}/api/v1/things?wait=95&partial=1&kinds=a,b&q=x%20y+z`);

      expect(await bodyOf(response)).toEqual({ limit: 1000, wait: 95, partial: true, kinds: ['a', 'b'], q: 'x y z' });
    });
  });

  it.each([
    ['limit=0', 'limit', 'expected 1 to 5000'],
    ['limit=5001', 'limit', 'expected 1 to 5000'],
    ['limit=1e3', 'limit', 'expected 1 to 5000'],
    ['limit=', 'limit', 'expected 1 to 5000'],
    ['limit=%201', 'limit', 'expected 1 to 5000'],
    ['wait=-1', 'wait', 'expected 0 to 95'],
    ['partial=yes', 'partial', 'expected 1, true, 0 or false'],
    ['kinds=a,c', 'kinds[1]', 'expected one of a, b'],
    ['kinds=a,a,a,a', 'kinds', 'expected at most 3 values'],
    ['share_id=a%20b', 'share_id', expect.stringContaining('1 to 64 characters')],
    ['q=1&q=2', 'q', 'expected once'],
    ['q=%00', 'q', 'expected no NUL character'],
    ['q=%ff', 'q', 'expected percent-encoded UTF-8'],
    ['q=%', 'q', 'expected percent-encoded UTF-8'],
    ['colour=red', 'colour', 'expected no such field'],
    ['__proto__=x', '__proto__', 'expected no such field'],
  ])('when the query is %s, then %s is named', async (query, field, expected) => {
    await withApi({ routes }, async ({ url }) => {
      const response = await fetch(`${url}/api/v1/things?${query}`);

      expect(response.status).toBe(422);
      expect(fieldsOf(await bodyOf(response))).toEqual([{ field, expected }]);
    });
  });

  it('when several are wrong, then all are named at once, and the first is the detail', async () => {
    await withApi({ routes }, async ({ url }) => {
      const response = await fetch(`${url}/api/v1/things?limit=x&wait=x&one=1&two=2`);
      const body = await bodyOf(response);

      expect(fieldsOf(body)).toHaveLength(4);
      expect(body['detail']).toBe('limit: expected 1 to 5000');
    });
  });
});

describe('bodies', () => {
  it('when it is right, then the handler gets it with the headers the route names', async () => {
    await withApi({ routes }, async ({ url }) => {
      const response = await postJson(`${url}/api/v1/things`, good, { 'idempotency-key': 'k-1', 'x-other': 'unseen' });

      expect(response.status).toBe(201);
      expect(await bodyOf(response)).toEqual({ ...good, 'idempotency-key': 'k-1' });
    });
  });

  it.each([
    [
      {},
      [
        ['name', 'expected text, but it is missing'],
        ['count', 'expected a number, but it is missing'],
        ['kind', 'expected one of a, b'],
      ],
    ],
    [{ ...good, name: '' }, [['name', 'expected at least 1 characters']]],
    [{ ...good, name: 'too long' }, [['name', 'expected at most 5 characters']]],
    [{ ...good, count: 0 }, [['count', 'expected at least 1']]],
    [{ ...good, count: 1.5 }, [['count', 'expected a whole number']]],
    [{ ...good, count: '1' }, [['count', 'expected a number']]],
    [{ ...good, tags: ['a', 1] }, [['tags[1]', 'expected text']]],
    [{ ...good, tags: ['a', 'b', 'c'] }, [['tags', 'expected at most 2 items']]],
    [{ ...good, scope: { by: 'sea' } }, [['scope.by', 'expected one of id, all']]],
    [
      { ...good, scope: { by: 'id', id: 'a b', more: 1 } },
      [
        ['scope.id', expect.stringContaining('characters')],
        ['scope.more', 'expected no such field'],
      ],
    ],
    [{ ...good, either: { many: [{ n: 1 }, { n: 'x' }] } }, [['either.many[1].n', 'expected a number']]],
    [{ ...good, either: 5 }, [['either', 'expected an object, or text']]],
    [
      { ...good, extra: 1, 'odd name': 2 },
      [
        ['extra', 'expected no such field'],
        ['["odd name"]', 'expected no such field'],
      ],
    ],
    [[], [['body', 'expected an object']]],
    ['null', [['body', 'expected an object']]],
  ])('when it is %j, then each wrong field is named', async (body, problems) => {
    await withApi({ routes }, async ({ url }) => {
      const response = await postJson(`${url}/api/v1/things`, body);

      expect(response.status).toBe(422);
      expect(fieldsOf(await bodyOf(response))).toEqual(problems.map(([field, expected]) => ({ field, expected })));
    });
  });

  it('when query, header and body are wrong, then one answer names all of them', async () => {
    await withApi({ routes }, async ({ url }) => {
      const response = await postJson(`${url}/api/v1/things?dry=maybe`, { ...good, count: 0 }, { 'idempotency-key': 'k' });

      expect(fieldsOf(await bodyOf(response))).toEqual([
        { field: 'dry', expected: 'expected 1, true, 0 or false' },
        { field: 'idempotency-key', expected: 'expected at least 3 characters' },
        { field: 'count', expected: 'expected at least 1' },
      ]);
    });
  });

  it('when none is sent where one is needed, then the body itself is named', async () => {
    await withApi({ routes }, async ({ url }) => {
      const response = await fetch(`${url}/api/v1/things`, { method: 'POST' });

      expect(fieldsOf(await bodyOf(response))).toEqual([{ field: 'body', expected: 'expected an object, but it is missing' }]);
    });
  });

  it('when a value cannot be kept as it was sent, then its field is named', async () => {
    await withApi({ routes }, async ({ url }) => {
      const response = await postJson(`${url}/api/v1/things`, '{"name": "a\\u0000", "count": 12345678901234567890}');

      expect(response.status).toBe(422);
      expect(fieldsOf(await bodyOf(response))).toEqual([
        { field: 'name', expected: 'expected no NUL character' },
        { field: 'count', expected: expect.any(String) },
      ]);
    });
  });

  it('when more fields are wrong than one answer names, then it names a hundred', async () => {
    await withApi({ routes }, async ({ url }) => {
      const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`f${String(index)}`, 1]));
      const response = await postJson(`${url}/api/v1/things`, { ...good, ...many });

      expect(fieldsOf(await bodyOf(response))).toHaveLength(100);
    });
  });
});

describe('a route that takes no body', () => {
  it.each(['', '{}'])('when %j is sent all the same, then it is let pass', async (body) => {
    await withApi({ routes: [cancel] }, async ({ url }) => {
      expect((await postJson(`${url}/api/v1/cancel`, body)).status).toBe(200);
    });
  });

  it('when fields are sent, then they are refused by name', async () => {
    await withApi({ routes: [cancel] }, async ({ url }) => {
      const response = await postJson(`${url}/api/v1/cancel`, { reason: 'x' });

      expect(fieldsOf(await bodyOf(response))).toEqual([{ field: 'reason', expected: 'expected no such field' }]);
    });
  });

  const cancel = defineRoute({
    method: 'POST',
    path: '/api/v1/cancel',
    summary: 'Cancel',
    tag: 'things',
    access: 'public',
    reply: seen,
    refusals: [],
    handle: () => ({}),
  });
});

describe('ids in the path', () => {
  it('when an id cannot exist, then nothing is there', async () => {
    await withApi({ routes }, async ({ url }) => {
      for (const id of ['a%20b', 'a'.repeat(65), '%00', 'a%2Fb']) expect((await fetch(`${url}/api/v1/things/${id}`)).status).toBe(404);
    });
  });

  it('when a PUT would make it, then the id is a field like any other, named with the rest', async () => {
    await withApi({ routes }, async ({ url }) => {
      const response = await fetch(`${url}/api/v1/things/a%20b`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      });

      expect(response.status).toBe(422);
      expect(fieldsOf(await bodyOf(response))).toEqual([
        { field: 'id', expected: expect.stringContaining('characters') },
        { field: 'name', expected: expect.any(String) },
      ]);
    });
  });

  it('when the path is not percent-encoded UTF-8, then the request could not be read', async () => {
    await withApi({ routes }, async ({ url }) => {
      expect((await fetch(`${url}/api/v1/things/%ff`)).status).toBe(400);
    });
  });
});
