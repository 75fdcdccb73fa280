// Paths and methods that stand in no list, browsers of other origins, and the headers of every answer.
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineRoute } from '../../api/route/define-route.ts';
import type { Route } from '../../api/route/define-route.ts';
import type { Dialect } from '../../api/route/dialect.ts';
import { bodyOf, codeOf, withApi } from './with-api.ts';

const list = plain('GET', '/api/v1/things');
const make = plain('POST', '/api/v1/things');
const remove = plain('DELETE', '/api/v1/things/{id}');
const routes = [list, make, remove];

function plain(method: Route['method'], path: string, more: { readonly dialect?: Dialect } = {}): Route {
  return defineRoute({
    method,
    path,
    summary: 'A thing',
    tag: 'things',
    access: 'public',
    ...(path.includes('{id}') ? { params: z.strictObject({ id: z.string() }) } : {}),
    reply: z.strictObject({ ok: z.boolean() }),
    refusals: [],
    handle: () => ({ ok: true }),
    ...more,
  });
}

describe('paths and methods', () => {
  it.each(['/', '/api/v1/thing', '/api/v1/things/a/b', '/API/V1/THINGS', '/api/v1/things/../things', '/index.html'])(
    'when the path is %s, then nothing is there, in the v1 body',
    async (path) => {
      await withApi({ routes: [list, make] }, async ({ url }) => {
        const response = await fetch(new Request(url + path.replace('..', '%2e%2e%2f')));

        expect(response.status).toBe(404);
        expect(await codeOf(response)).toBe('NOT_FOUND');
      });
    },
  );

  it('when the path is known and the method is not, then the answer names the methods there are', async () => {
    await withApi({ routes }, async ({ url }) => {
      const response = await fetch(`${url}/api/v1/things`, { method: 'PUT' });

      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('GET, POST, HEAD, OPTIONS');
      expect(await codeOf(response)).toBe('METHOD_NOT_ALLOWED');
      expect((await fetch(`${url}/api/v1/things/a`)).headers.get('allow')).toBe('DELETE, OPTIONS');
    });
  });

  it('when HEAD is asked, then it is answered as GET without a body', async () => {
    await withApi({ routes }, async ({ url }) => {
      const response = await fetch(`${url}/api/v1/things`, { method: 'HEAD' });

      expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '11', '']);
    });
  });

  it('when a route speaks another dialect, then so do its refusals and the unknown paths beside it', async () => {
    const other: Dialect = {
      name: 'other',
      paths: ['/other'],
      statusOf: () => 418,
      translate: () => ({ status: 418, headers: {}, body: { result: 'no' } }),
      documentProblem: () => z.strictObject({ result: z.literal('no') }),
    };
    await withApi({ routes: [list, plain('GET', '/other/things', { dialect: other })] }, async ({ url }) => {
      const answers = await Promise.all([
        fetch(`${url}/other/things?unknown=1`),
        fetch(`${url}/other/things`, { method: 'POST' }),
        fetch(`${url}/other/nothing`),
        fetch(`${url}/othernothing`),
      ]);

      expect(answers.map(({ status }) => status)).toEqual([418, 418, 418, 404]);
      expect(await bodyOf(await fetch(`${url}/other/nothing`))).toEqual({ result: 'no' });
    });
  });
});

describe('the list', () => {
  it.each([
    ['stands twice', [list, list]],
    ['is hidden by an earlier one', [plain('GET', '/api/v1/things/{id}'), plain('GET', '/api/v1/things/newest')]],
    ['is hidden although the methods differ', [remove, plain('GET', '/api/v1/things/newest')]],
  ])('when a route %s, then nothing starts', async (_why, wrong) => {
    await expect(withApi({ routes: wrong }, () => Promise.resolve())).rejects.toThrow(/stands twice|is hidden by/);
  });

  it('when the plain path stands before the one with an id, then both answer', async () => {
    await withApi({ routes: [plain('GET', '/api/v1/things/newest'), plain('GET', '/api/v1/things/{id}')] }, async ({ url }) => {
      expect((await fetch(`${url}/api/v1/things/newest`)).status).toBe(200);
      expect((await fetch(`${url}/api/v1/things/a`)).status).toBe(200);
    });
  });
});

describe('request ids', () => {
  it('when the caller brings a sane id, then it is kept', async () => {
    await withApi({ routes }, async ({ url }) => {
      const response = await fetch(`${url}/api/v1/none`, { headers: { 'x-request-id': 'trace-1.2:3_4' } });

      expect(response.headers.get('x-request-id')).toBe('trace-1.2:3_4');
      expect(await bodyOf(response)).toMatchObject({ meta: { request_id: 'trace-1.2:3_4' } });
    });
  });

  it.each(['', 'a b', 'x'.repeat(65), '"><script>'])('when the caller brings %j, then one is made', async (requestId) => {
    await withApi({ routes }, async ({ url }) => {
      const response = await fetch(`${url}/api/v1/things`, { headers: { 'x-request-id': requestId } });

      expect(response.headers.get('x-request-id')).toMatch(/^req_\d{26}$/);
    });
  });
});

describe('headers of every answer', () => {
  it.each(['/api/v1/things', '/api/v1/none'])('when %s is answered, then no browser makes more of it than it is', async (path) => {
    await withApi({ routes }, async ({ url }) => {
      const { headers } = await fetch(url + path);

      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('cache-control')).toBe('no-store');
      expect(
        ['x-powered-by', 'etag', 'content-encoding', 'access-control-allow-origin', 'vary'].filter((name) => headers.has(name)),
      ).toEqual([]);
    });
  });
});

describe('browsers of other origins', () => {
  const corsOrigins = ['https://console.example'];

  it('when the origin is listed, then its pages may read the answer', async () => {
    await withApi({ routes, corsOrigins }, async ({ url }) => {
      const { headers } = await fetch(`${url}/api/v1/things`, { headers: { origin: 'https://console.example' } });

      expect(headers.get('access-control-allow-origin')).toBe('https://console.example');
      expect(headers.get('vary')).toBe('Origin');
      expect(headers.get('access-control-expose-headers')).toContain('Retry-After');
      expect(headers.has('access-control-allow-credentials')).toBe(false);
    });
  });

  it.each(['https://console.example.evil', 'http://console.example', 'null', 'https://evil.example'])(
    'when the origin is %s, then they may not',
    async (origin) => {
      await withApi({ routes, corsOrigins }, async ({ url }) => {
        const { headers } = await fetch(`${url}/api/v1/things`, { headers: { origin } });

        expect(headers.has('access-control-allow-origin')).toBe(false);
        expect(headers.get('vary')).toBe('Origin');
      });
    },
  );

  it('when the browser asks first, then a listed origin learns what it may send, and any other nothing', async () => {
    await withApi({ routes, corsOrigins }, async ({ url }) => {
      const ask = (origin: string): Promise<Response> =>
        fetch(`${url}/api/v1/things`, {
          method: 'OPTIONS',
          headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
        });
      const allowed = await ask('https://console.example');
      const refused = await ask('https://evil.example');

      expect(allowed.status).toBe(204);
      expect(allowed.headers.get('access-control-allow-methods')).toContain('POST');
      expect(allowed.headers.get('access-control-allow-headers')).toContain('Authorization');
      expect([refused.status, refused.headers.has('access-control-allow-methods')]).toEqual([204, false]);
    });
  });

  it('when a refusal is answered, then a listed origin may read it too', async () => {
    await withApi({ routes, corsOrigins }, async ({ url }) => {
      const { headers } = await fetch(`${url}/api/v1/none`, { headers: { origin: 'https://console.example' } });

      expect(headers.get('access-control-allow-origin')).toBe('https://console.example');
    });
  });
});
