// Who is let in, and what the others are told.
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineRoute } from '../../api/route/define-route.ts';
import { refuse } from '../../domain/shared/refusal.ts';
import { createFakeWorld, nowSeconds, signToken } from './fake-world.ts';
import { bodyOf, codeOf, postJson, withApi } from './with-api.ts';

const me = defineRoute({
  method: 'GET',
  path: '/api/v1/me',
  summary: 'Who am I',
  tag: 'me',
  access: 'signed-in',
  reply: z.strictObject({ user_id: z.string(), tenant_id: z.string() }),
  refusals: [],
  handle: ({ principal }) => ({ user_id: principal.userId, tenant_id: principal.tenantId }),
});

const ingest = defineRoute({
  method: 'POST',
  path: '/api/v1/ingest',
  summary: 'Tell',
  tag: 'me',
  access: { anyScope: ['events:write', 'audit:read'] },
  body: z.strictObject({ n: z.int() }),
  reply: z.strictObject({ ok: z.boolean() }),
  refusals: [],
  handle: () => ({ ok: true }),
});

const open = defineRoute({
  method: 'GET',
  path: '/api/v1/open',
  summary: 'Open',
  tag: 'me',
  access: 'public',
  reply: z.strictObject({ caller: z.null() }),
  refusals: [],
  handle: ({ principal }) => ({ caller: principal }),
});

const routes = [me, ingest, open];

describe('the bearer token', () => {
  it.each(['Bearer', 'bearer', 'BEARER'])('when it is right and called %s, then its user is let in', async (scheme) => {
    await withApi({ routes }, async ({ url }) => {
      const response = await fetch(`${url}/api/v1/me`, { headers: { authorization: `${scheme} ${await signToken()}` } });

      expect(await bodyOf(response)).toEqual({ user_id: 'u', tenant_id: 't' });
    });
  });

  it.each([
    ['there is none', () => undefined, 401, 'AUTH_TOKEN_MISSING'],
    ['the header is empty', () => '', 401, 'AUTH_TOKEN_MISSING'],
    ['the scheme is another', () => 'Basic dTpw', 401, 'AUTH_TOKEN_INVALID'],
    ['the scheme stands alone', () => 'Bearer', 401, 'AUTH_TOKEN_INVALID'],
    ['there are two', async () => `Bearer ${await signToken()} ${await signToken()}`, 401, 'AUTH_TOKEN_INVALID'],
    ['it is no token', () => 'Bearer abc', 401, 'AUTH_TOKEN_INVALID'],
    [
      'it was signed by somebody else',
      async () => `Bearer ${await signToken({}, { key: 'another secret, long enough for HS256 as well' })}`,
      401,
      'AUTH_TOKEN_INVALID',
    ],
    ['it has expired', async () => `Bearer ${await signToken({ exp: nowSeconds - 60 })}`, 401, 'AUTH_TOKEN_EXPIRED'],
    ['its tenant does not exist', async () => `Bearer ${await signToken({ tenant_id: 'other' })}`, 401, 'TENANT_UNKNOWN'],
    ['its tenant is no text', async () => `Bearer ${await signToken({ tenant_id: 7 })}`, 401, 'AUTH_TOKEN_INVALID'],
    ['its user is suspended', async () => `Bearer ${await signToken({ sub: 'suspended' })}`, 403, 'AUTHZ_USER_SUSPENDED'],
  ])('when %s, then nobody is let in', async (_why, header, status, code) => {
    await withApi({ routes }, async ({ url }) => {
      const authorization = await header();
      const response = await fetch(`${url}/api/v1/me`, authorization === undefined ? {} : { headers: { authorization } });

      expect(response.status).toBe(status);
      expect(response.headers.has('www-authenticate')).toBe(status === 401);
      expect(await codeOf(response)).toBe(code);
    });
  });

  it('when a user is suspended after their token was seen, then the next request is refused', async () => {
    let isSuspended = false;
    const world = createFakeWorld({ access: { admit: () => (isSuspended ? refuse('AUTHZ_USER_SUSPENDED') : undefined) } });
    await withApi({ routes, world }, async ({ url }) => {
      const headers = { authorization: `Bearer ${await signToken()}` };
      expect((await fetch(`${url}/api/v1/me`, { headers })).status).toBe(200);
      isSuspended = true;

      expect((await fetch(`${url}/api/v1/me`, { headers })).status).toBe(403);
    });
  });

  it('when a route is public, then a wrong token does not matter and a right one is not looked at', async () => {
    await withApi({ routes }, async ({ url }) => {
      for (const token of ['abc', await signToken()]) {
        expect(await bodyOf(await fetch(`${url}/api/v1/open`, { headers: { authorization: `Bearer ${token}` } }))).toEqual({
          caller: null,
        });
      }
    });
  });

  it('when the token stands in the query, then it is not taken', async () => {
    await withApi({ routes }, async ({ url }) => {
      expect((await fetch(`${url}/api/v1/me?token=${await signToken()}`)).status).toBe(401);
    });
  });
});

describe('scopes', () => {
  it.each([
    ['events:write', 200],
    ['audit:read', 200],
    ['tenant:admin', 200],
    ['admin:*', 200],
    ['*', 200],
    ['files:write compliance:manage', 403],
    ['', 403],
  ])('when the token carries %j, then the answer is %i', async (scope, status) => {
    await withApi({ routes }, async ({ url }) => {
      const response = await postJson(`${url}/api/v1/ingest`, { n: 1 }, { authorization: `Bearer ${await signToken({ scope })}` });

      expect(response.status).toBe(status);
    });
  });

  it('when the token does not allow it, then the body is not even looked at', async () => {
    await withApi({ routes }, async ({ url }) => {
      const response = await postJson(`${url}/api/v1/ingest?unknown=1`, 'no json', { authorization: `Bearer ${await signToken()}` });

      expect(await codeOf(response)).toBe('FORBIDDEN');
    });
  });
});
