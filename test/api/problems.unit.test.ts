// Refusals and failures as the v1 dialect tells them.
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { v1Dialect } from '../../api/v1/problems.ts';
import { defineRoute } from '../../api/route/define-route.ts';
import type { Route } from '../../api/route/define-route.ts';
import { refusalCatalogue } from '../../domain/shared/refusal-catalogue.ts';
import { refuse } from '../../domain/shared/refusal.ts';
import type { RefusalCode } from '../../domain/shared/refusal.ts';
import { createFakeWorld, signToken } from './fake-world.ts';
import { bodyOf, withApi } from './with-api.ts';

const statuses: Readonly<Record<RefusalCode, number>> = {
  BAD_REQUEST: 400,
  CURSOR_INVALID: 400,
  CURSOR_MISMATCH: 400,
  AUTH_TOKEN_MISSING: 401,
  AUTH_TOKEN_INVALID: 401,
  AUTH_TOKEN_EXPIRED: 401,
  AUTH_SESSION_REVOKED: 401,
  TENANT_UNKNOWN: 401,
  AUTHZ_USER_SUSPENDED: 403,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  CONFLICT: 409,
  IDEMPOTENCY_KEY_REUSED: 409,
  CURSOR_EXPIRED: 410,
  FILES_EXPIRED: 410,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  VALIDATION_FAILED: 422,
  TOO_BUSY: 429,
  RATE_LIMITED: 429,
  SECOND_PERSON_REQUIRED: 403,
  LEGAL_HOLD_BLOCKED_DELETION: 409,
  INTERNAL: 500,
  UNAVAILABLE: 503,
};

function answering(handle: () => unknown, refusals: readonly RefusalCode[] = []): Route {
  return defineRoute({
    method: 'GET',
    path: '/api/v1/thing',
    summary: 'A thing',
    tag: 'things',
    access: 'public',
    reply: z.strictObject({ ok: z.boolean() }),
    refusals,
    handle: () => handle() as { ok: boolean },
  });
}

describe('refusals', () => {
  it.each(Object.keys(refusalCatalogue) as RefusalCode[])(
    'when a handler refuses with %s, then the body says so in one shape',
    async (code) => {
      const route = answering(() => refuse(code, { details: { why: 'because' } }), [code]);
      await withApi({ routes: [route] }, async ({ url }) => {
        const response = await fetch(`${url}/api/v1/thing`, { headers: { 'x-request-id': 'mine-1' } });
        const body = await bodyOf(response);

        expect(response.status).toBe(statuses[code]);
        expect(body).toEqual({
          detail: refusalCatalogue[code],
          error: { code, message: refusalCatalogue[code], details: { why: 'because' } },
          meta: { request_id: 'mine-1' },
        });
        expect(v1Dialect.documentProblem([code]).safeParse(body).success).toBe(true);
      });
    },
  );

  it('when a refusal says when to come back, then the header says it in whole seconds', async () => {
    const route = answering(() => refuse('TOO_BUSY', { retryAfterSeconds: 0.2 }), ['TOO_BUSY']);
    await withApi({ routes: [route] }, async ({ url }) => {
      expect((await fetch(`${url}/api/v1/thing`)).headers.get('retry-after')).toBe('1');
    });
  });

  it('when a handler refuses with a code its route does not list, then a test sees a failure', async () => {
    const route = answering(() => refuse('CONFLICT'));
    await withApi({ routes: [route] }, async ({ url, world }) => {
      expect((await fetch(`${url}/api/v1/thing`)).status).toBe(500);
      expect(world.logLines.join()).toContain('CONFLICT, which it does not document');
    });
  });
});

describe('failures', () => {
  it('when a handler throws, then the caller learns nothing of the inside, and the log has the cause', async () => {
    const route = answering(() => {
      throw new Error('relation "entry" does not exist', { cause: new Error('the deeper reason') });
    });
    await withApi({ routes: [route] }, async ({ url, world }) => {
      const response = await fetch(`${url}/api/v1/thing`);
      const text = await response.text();

      expect(response.status).toBe(500);
      expect(JSON.parse(text)).toMatchObject({ error: { code: 'INTERNAL', message: refusalCatalogue.INTERNAL } });
      expect(text).not.toMatch(/entry|deeper|at /);
      expect(world.logLines.join()).toContain('relation');
      expect(world.logLines.join()).toContain('the deeper reason');
    });
  });

  it('when a part that is needed is away, then the caller is told to come back', async () => {
    const world = createFakeWorld({ isUnreachable: (failure) => failure instanceof Error && failure.message === 'ECONNREFUSED' });
    const route = answering(() => Promise.reject(new Error('ECONNREFUSED')));
    await withApi({ routes: [route], world }, async ({ url }) => {
      const response = await fetch(`${url}/api/v1/thing`);

      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).toBe('1');
    });
  });

  it('when the directory cannot be asked about the caller, then nobody is let in', async () => {
    const world = createFakeWorld({ access: { admit: () => Promise.reject(new Error('no database')) } });
    const route = defineRoute({
      method: 'GET',
      path: '/api/v1/mine',
      summary: 'Mine',
      tag: 'things',
      access: 'signed-in',
      reply: z.strictObject({}),
      refusals: [],
      handle: () => ({}),
    });
    await withApi({ routes: [route], world }, async ({ url }) => {
      expect((await fetch(`${url}/api/v1/mine`, { headers: { authorization: `Bearer ${await signToken()}` } })).status).toBe(500);
    });
  });
});
