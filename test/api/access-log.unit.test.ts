// The line of each request: what is in it, and that no token ever is.
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineRoute } from '../../api/route/define-route.ts';
import { refuse } from '../../domain/shared/refusal.ts';
import { signToken } from './fake-world.ts';
import { until, withApi } from './with-api.ts';

const show = defineRoute({
  method: 'GET',
  path: '/api/v1/things/{id}',
  summary: 'Show a thing',
  tag: 'things',
  access: 'signed-in',
  params: z.strictObject({ id: z.string() }),
  query: z.strictObject({ token: z.string().optional() }),
  reply: z.strictObject({ ok: z.boolean() }),
  refusals: ['CONFLICT'],
  handle: ({ params: { id } }) => {
    if (id === 'broken') throw new Error('it is broken');
    return id === 'refused' ? refuse('CONFLICT') : { ok: true };
  },
});

const quiet = defineRoute({
  method: 'GET',
  path: '/quiet',
  summary: 'Quiet',
  tag: 'things',
  access: 'public',
  reply: z.strictObject({}),
  refusals: [],
  quiet: true,
  handle: () => ({}),
});
const routes = [show, quiet];

function linesOf(lines: readonly string[]): Record<string, unknown>[] {
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ msg }) => msg === 'request');
}

describe('the access log', () => {
  it('when a request is answered, then one line says who asked for what and how it went', async () => {
    await withApi({ routes }, async ({ url, world }) => {
      await fetch(`${url}/api/v1/things/a?token=x`, { headers: { authorization: `Bearer ${await signToken()}`, 'x-request-id': 'r-1' } });

      expect(linesOf(world.logLines)).toEqual([
        expect.objectContaining({
          level: 30,
          method: 'GET',
          path: '/api/v1/things/a',
          route: '/api/v1/things/{id}',
          status: 200,
          ms: expect.any(Number),
          request_id: 'r-1',
          tenant: 't',
          user: 'u',
        }),
      ]);
    });
  });

  it.each([
    ['/api/v1/things/refused', 409, 30],
    ['/api/v1/things/broken', 500, 50],
    ['/api/v1/none', 404, 30],
    ['/quiet', 200, 20],
  ])('when %s is asked, then the line has status %i and level %i', async (path, status, level) => {
    await withApi({ routes }, async ({ url, world }) => {
      await fetch(url + path, { headers: { authorization: `Bearer ${await signToken()}` } });

      expect(linesOf(world.logLines)).toEqual([expect.objectContaining({ status, level })]);
    });
  });

  it('when a token stands in the header, the query, the path, an id or the body, then no line repeats it, at any level', async () => {
    const token = await signToken({ name: 'Ann' });
    const places: readonly ((url: string) => Promise<unknown>)[] = [
      (url) => fetch(`${url}/api/v1/things/a?token=${token}`, { headers: { authorization: `Bearer ${token}` } }),
      (url) => fetch(`${url}/api/v1/things/broken?token=${token}`, { headers: { authorization: `Bearer ${token}` } }),
      (url) => fetch(`${url}/api/v1/things/${token}`, { headers: { authorization: `Bearer ${token}` } }),
      (url) => fetch(`${url}/api/v1/none/${token}?token=${token}`),
      (url) => fetch(`${url}/${token}`, { method: 'POST', body: token }),
      (url) => fetch(`${url}/api/v1/things/a`, { headers: { authorization: `Basic ${token}`, 'x-request-id': token } }),
      (url) => fetch(`${url}/api/v1/things/a?unknown=${token}`, { headers: { authorization: `Bearer ${token}x` } }),
    ];
    await withApi({ routes }, async ({ url, world }) => {
      for (const ask of places) await ask(url);
      await until(() => linesOf(world.logLines).length === places.length);

      const [, claims, signature] = token.split('.');
      const log = world.logLines.join('');
      for (const part of [token, claims, signature, 'Bearer']) expect(log).not.toContain(part);
      expect(log).toContain('[token]');
    });
  });
});
