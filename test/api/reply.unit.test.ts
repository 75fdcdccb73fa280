// What a handler answers, as it reaches the wire.
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineRoute } from '../../api/route/define-route.ts';
import type { Route } from '../../api/route/define-route.ts';
import { answer, media, noContent, rawJson } from '../../api/route/reply.ts';
import { withApi } from './with-api.ts';

const page = z.strictObject({ rows: z.array(z.int()) });

function answering(handle: () => unknown, more: { readonly otherStatuses?: Readonly<Record<number, string>> } = {}): Route {
  return defineRoute({
    method: 'GET',
    path: '/api/v1/page',
    summary: 'A page',
    tag: 'pages',
    access: 'public',
    reply: page,
    refusals: [],
    handle: () => handle() as z.output<typeof page>,
    ...more,
  });
}

async function ask(
  route: Route,
): Promise<{ readonly status: number; readonly text: string; readonly headers: Headers; readonly log: string }> {
  const seen: { status: number; text: string; headers: Headers; log: string }[] = [];
  await withApi({ routes: [route] }, async ({ url, world }) => {
    const response = await fetch(url + route.path);
    seen.push({ status: response.status, text: await response.text(), headers: response.headers, log: world.logLines.join() });
  });
  const [only] = seen;
  if (only === undefined) throw new Error('nothing was answered');
  return only;
}

describe('replies', () => {
  it('when the JSON stands as text already, then exactly this text is sent', async () => {
    const text = '{ "rows":[1,  2], "rows": [3] }';
    const { status, text: sent, headers } = await ask(answering(() => rawJson(text)));

    expect([status, sent, headers.get('content-type')]).toEqual([200, text, 'application/json; charset=utf-8']);
  });

  it('when the text has letters of more than one byte, then its length is counted in bytes', async () => {
    const route = defineRoute({
      method: 'GET',
      path: '/api/v1/word',
      summary: 'A word',
      tag: 'pages',
      access: 'public',
      reply: z.string(),
      refusals: [],
      handle: () => 'größer 😀',
    });

    expect((await ask(route)).text).toBe('"größer 😀"');
  });

  it('when an answer has its own status and headers, then they are sent', async () => {
    const { status, headers } = await ask(
      answering(() => answer({ status: 202, headers: { location: '/x', 'cache-control': 'max-age=1' }, body: { rows: [] } }), {
        otherStatuses: { 202: 'Begun.' },
      }),
    );

    expect([status, headers.get('location'), headers.get('cache-control'), headers.get('x-content-type-options')]).toEqual([
      202,
      '/x',
      'max-age=1',
      'nosniff',
    ]);
  });

  it('when there is nothing to say, then 204 has no body', async () => {
    const route = defineRoute({
      method: 'GET',
      path: '/api/v1/done',
      summary: 'Done',
      tag: 'pages',
      access: 'public',
      reply: noContent,
      refusals: [],
      handle: () => undefined,
    });
    const { status, text, headers } = await ask(route);

    expect([status, text, headers.has('content-length'), headers.has('content-type')]).toEqual([204, '', false, false]);
  });

  it('when a route answers another kind than JSON, then its bytes are sent as that kind', async () => {
    const route = defineRoute({
      method: 'GET',
      path: '/api/v1/text',
      summary: 'Text',
      tag: 'pages',
      access: 'public',
      reply: media('text/plain; charset=utf-8'),
      refusals: [],
      handle: () => 'as it is',
    });
    const { text, headers } = await ask(route);

    expect([text, headers.get('content-type')]).toEqual(['as it is', 'text/plain; charset=utf-8']);
  });
});

describe('replies against their documentation, in tests', () => {
  it.each([
    ['a value that does not fit', () => ({ rows: ['x'] })],
    ['a field too many', () => ({ rows: [], more: 1 })],
    ['text that does not fit', () => rawJson('{"rows": {}}')],
    ['a status of its own', () => answer({ status: 203, body: { rows: [] } })],
  ])('when a handler answers %s, then it fails and the log says why', async (_what, handle) => {
    const { status, log } = await ask(answering(handle));

    expect(status).toBe(500);
    expect(log).toMatch(/does not document/);
  });
});

describe('defineRoute', () => {
  const right = {
    method: 'GET',
    path: '/api/v1/x/{id}',
    summary: 's',
    tag: 't',
    access: 'public',
    params: z.strictObject({ id: z.string() }),
    reply: page,
    refusals: [],
    handle: () => ({ rows: [] }),
  } as const;

  it.each([
    ['a path in the manner of Express', { path: '/api/v1/x/:id' }],
    ['a path whose ids are not described', { path: '/api/v1/x/{other}' }],
    ['parameters that let unknown ones pass', { query: z.object({}) }],
    ['a body that drops unknown fields', { body: z.object({}) }],
    ['a body although it is a GET', { body: z.strictObject({}) }],
    ['headers that forbid all others', { headers: z.strictObject({}) }],
    ['headers in capitals', { headers: z.object({ 'X-Y': z.string() }) }],
  ])('when a route has %s, then it is refused where it is written', (_what, wrong) => {
    expect(() => defineRoute({ ...right, ...wrong })).toThrow(/GET \/api\/v1\/x/);
  });
});
