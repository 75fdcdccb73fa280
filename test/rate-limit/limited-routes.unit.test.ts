// How the door counts: what each route costs, what each dialect tells, and what is refused.
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { currentDialect } from '../../api/current/current-dialect.ts';
import { routes } from '../../api/routes.ts';
import { defineRoute } from '../../api/route/define-route.ts';
import type { Route } from '../../api/route/define-route.ts';
import type { Dialect } from '../../api/route/dialect.ts';
import type { LimitName } from '../../domain/rate-limit/limits.ts';
import type { LimitVerdict, LimitWish, RateLimits } from '../../domain/rate-limit/rate-limits.ts';
import { createFakeWorld, nowMs, nowSeconds, signToken } from '../api/fake-world.ts';
import { bodyOf, withApi } from '../api/with-api.ts';

const standing = { dimension: 'token', points: 1_000, windowSeconds: 60, remaining: 12, resetAtMs: nowMs + 7_400 } as const;
const passing: LimitVerdict = { kind: 'passed', standing };
const exhausted: LimitVerdict = { kind: 'exhausted', standing: { ...standing, remaining: 0 }, retryAfterSeconds: 8 };

function limitsAnswering(verdict: LimitVerdict): RateLimits & { readonly wishes: LimitWish[] } {
  const wishes: LimitWish[] = [];
  return {
    wishes,
    take: (wish) => {
      wishes.push(wish);
      return Promise.resolve(verdict);
    },
  };
}

function route({ path = '/api/v1/things', ...more }: { path?: string; dialect?: Dialect; limit?: LimitName; access?: 'public' } = {}): Route {
  return defineRoute({ method: 'GET', path, summary: 'A thing', tag: 'things', access: more.access ?? 'signed-in', reply: z.strictObject({ ok: z.boolean() }), refusals: [], handle: () => ({ ok: true }), ...more });
}

async function answer(one: Route, verdict: LimitVerdict): Promise<{ response: Response; wishes: readonly LimitWish[] }> {
  const limits = limitsAnswering(verdict);
  let response: Response | undefined;
  await withApi({ routes: [one], world: createFakeWorld({ limits }) }, async ({ url }) => {
    response = await fetch(url + one.path, { headers: { authorization: `Bearer ${await signToken({ sid: 'sid_1' })}` } });
    await response.clone().text();
  });
  if (response === undefined) throw new Error('no answer');
  return { response, wishes: limits.wishes };
}

const headersOf = ({ headers }: Response, names: readonly string[]): unknown[] => names.map((name) => headers.get(name));
const reset = String(nowSeconds + 8);

describe('when a request is counted', () => {
  it('then v1 tells on every answer what is left, and until when', async () => {
    const { response, wishes } = await answer(route(), passing);

    expect(response.status).toBe(200);
    expect(headersOf(response, ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'])).toEqual(['1000', '12', reset]);
    expect(wishes).toMatchObject([{ limit: 'requests', cost: 1, principal: { tenantId: 't', userId: 'u', sessionId: 'sid_1' } }]);
  });

  it('then /current tells it by its own names', async () => {
    const { response } = await answer(route({ path: '/current/things/', dialect: currentDialect }), passing);

    expect(headersOf(response, ['x-ve-limit-avail', 'x-ve-limit-max', 'x-ve-limit-expires'])).toEqual(['12', '1000', reset]);
    expect(headersOf(response, ['x-rate-limit-available', 'x-rate-limit-max', 'x-rate-limit-expiry', 'x-ratelimit-limit'])).toEqual(['12', '1000', reset, null]);
  });

  it('then nobody is counted on a public route', async () => {
    expect((await answer(route({ access: 'public' }), exhausted)).wishes).toEqual([]);
  });
});

describe('when the limit is used up', () => {
  it('then v1 refuses with 429, when to come back and which window it was', async () => {
    const { response } = await answer(route(), exhausted);

    expect(response.status).toBe(429);
    expect(headersOf(response, ['retry-after', 'x-ratelimit-remaining'])).toEqual(['8', '0']);
    expect((await bodyOf(response))['error']).toMatchObject({ code: 'RATE_LIMITED', details: { dimension: 'token', limit: 1_000, window_seconds: 60, retry_after: 8 } });
  });

  it('then /current refuses with 1671', async () => {
    const { response } = await answer(route({ path: '/current/things/', dialect: currentDialect }), exhausted);

    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '8']);
    expect(await bodyOf(response)).toMatchObject({ result: 'no', error: { code: 1671 } });
  });
});

describe('when nobody can count', () => {
  it('then a reader is answered, and somebody who tries to sign in is told to come back', async () => {
    const uncounted: LimitVerdict = { kind: 'uncounted' };

    expect((await answer(route(), uncounted)).response.status).toBe(200);
    const { response } = await answer(route({ limit: 'sign-in' }), uncounted);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
  });
});

describe('the list of routes', () => {
  it('when it is walked, then every signed-in route is counted but those that are exempt by name', () => {
    const uncounted = routes.filter(({ access, limit }) => access !== 'public' && limit === null).map(({ method, path }) => `${method} ${path}`);

    expect(uncounted).toContain('POST /api/v1/events');
    expect(uncounted.filter((name) => !exempt.some((pattern) => pattern.test(name)))).toEqual([]);
  });

  it('when it answers collections of v1, then they cost more than one thing does', () => {
    const cheap = routes.filter(({ path, limit, method }) => method === 'GET' && limit?.cost === 1 && path.startsWith('/api/v1/') && /s$/.test(path));

    expect(cheap.map(({ path }) => path).filter((path) => !single.includes(path))).toEqual([]);
  });
});

/** Ingest has a bound of its own, an attempt was counted when it was reserved, and whoever opens a live door is no request. */
const exempt = [/^POST \/api\/v1\/events$/, /^POST \/api\/v1\/auth\//, /^GET \/current\/(?:realtime|websocket)\/auth(?:\/|$)/];
/** One thing, although it is called by a plural. */
const single = ['/api/v1/sync/status', '/api/v1/sync/preferences', '/api/v1/admin/settings'];
