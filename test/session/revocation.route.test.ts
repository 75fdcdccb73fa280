// The end of sessions: refused everywhere from the answer on, told of, and with nothing lost that devices have synced.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { queryAs } from '../../db/tenant-transaction.ts';
import { eventually } from '../harness/eventually.ts';
import { startStopwatch } from '../harness/stopwatch.ts';
import { testSecret } from '../harness/test-secret.ts';
import { stageShares } from '../sync/shares-stage.ts';
import { now, stageSessions } from './sessions-stage.ts';
import type { SessionsStage } from './sessions-stage.ts';

let stage: SessionsStage;
beforeAll(async () => {
  stage = await stageSessions();
});
afterAll(async () => {
  await stage.end();
});

describe('when a session is revoked', () => {
  it('then the very next request is refused, in this process and within a second in the other; other sessions go on', async () => {
    const { token, knock, admin, sessions } = await stage.tenant();
    const [ended, kept] = [await token({ sid: 's1' }), await token({ sid: 's2' })];
    expect([(await knock(ended)).status, (await knock(kept)).status]).toEqual([200, 200]);
    const verified = await stage.api.world.verifier.verify(ended);
    if ('kind' in verified) throw new Error('the token was not verified');
    expect(await stage.other.rights.admit(verified)).toBeUndefined();

    expect(await admin('POST', '/api/v1/admin/sessions/s1/revoke')).toMatchObject({ status: 200, body: { id: 's1' } });

    const elapsedMs = startStopwatch();
    expect(await knock(ended)).toMatchObject({ status: 401, body: { error: { code: 'AUTH_SESSION_REVOKED' } } });
    expect((await knock(kept)).status).toBe(200);
    await eventually(async () => (await stage.other.rights.admit(verified))?.code === 'AUTH_SESSION_REVOKED');
    expect(elapsedMs()).toBeLessThan(1_000);
    expect((await sessions()).map(({ id }) => id)).toEqual(['s2']);
  });

  it('then a newer token of the same session is refused too, and using it brings the session not back', async () => {
    const { token, knock, admin, sessions } = await stage.tenant();
    await knock(await token({ sid: 's1' }));
    await admin('POST', '/api/v1/admin/sessions/s1/revoke');
    expect((await knock(await token({ sid: 's1', iat: now() + 5 }))).status).toBe(401);
    expect(await sessions()).toEqual([]);
  });

  it('then one entry tells of it; doing it again changes and tells nothing; one nobody saw is 404', async () => {
    const { token, knock, admin } = await stage.tenant();
    await knock(await token({ sid: 's1' }));
    const first = await admin('POST', '/api/v1/admin/sessions/s1/revoke');
    expect((await admin('POST', '/api/v1/admin/sessions/s1/revoke')).body).toEqual(first.body);
    expect((await admin('POST', '/api/v1/admin/sessions/nobodys/revoke')).status).toBe(404);
    const { body } = await admin('GET', '/api/internal-audit-logs?resourceType=sessions');
    expect(body.items).toMatchObject([
      { action: 'revoke_session', resource_id: 'nobodys', outcome_status: 'failed', outcome_code: 'SESSION_REVOKE_NOT_FOUND' },
      { action: 'revoke_session', resource_id: 's1', outcome_status: 'success', outcome_code: 'SESSION_REVOKED' },
    ]);
  });
});

describe('what devices have synced', () => {
  const state = async (tenantId: string) =>
    Promise.all(
      ['sync_device', 'sync_cursor', 'sync_preference'].map((table) => queryAs<{ row: unknown }>(stage.api.world.pool, tenantId, { text: `SELECT to_jsonb(t) AS row FROM ${table} t WHERE tenant_id = $1`, values: [tenantId] })),
    );
  const here = 'share_id=shr_a&device_id=dev_1';

  it.each([
    ['the session is', async ({ tenantId, admin }: { tenantId: string; admin: string }) => {
      await stage.api.world.sessions.flush();
      const [{ id } = { id: '' }] = await queryAs<{ id: string }>(stage.api.world.pool, tenantId, { text: `SELECT id FROM session WHERE tenant_id = $1 AND user_id = 'usr_m'`, values: [tenantId] });
      return stage.api.call(`/api/v1/admin/sessions/${id}/revoke`, { method: 'POST', token: admin });
    }],
    ['all sessions of the user are', ({ admin }: { admin: string }) => stage.api.call('/api/v1/admin/users/usr_m/sessions/revoke-all', { method: 'POST', token: admin })],
  ])('when %s revoked, then devices, places and preferences stay as they are, and the next session goes on from there', async (_what, revoke) => {
    const { tenantId, admin, change, get, send, register } = await stageShares(stage.api);
    await register('dev_1');
    await change('shr_a', 'one');
    const page = await get('/sync/changes?share_id=shr_a&cursor=0');
    const moved = await send('POST', `/sync/cursor?${here}&position=${encodeURIComponent(String(page.body.cursor))}`);
    expect((await send('PUT', `/sync/preferences?${here}`, { mode: 'selective', include_paths: ['/a'], exclude_paths: [] })).status).toBe(200);
    const before = await state(tenantId);
    expect(before.map((rows) => rows.length)).toEqual([1, 1, 1]);

    expect((await revoke({ tenantId, admin })).status).toBe(200);
    expect((await get(`/sync/status?${here}`)).status).toBe(401);
    expect(await state(tenantId)).toEqual(before);
    const again = await new SignJWT({ tenant_id: tenantId, sid: 'after', iat: now() + 2 }).setProtectedHeader({ alg: 'HS256' }).setSubject('usr_m').setExpirationTime('1h').sign(new TextEncoder().encode(testSecret));
    expect((await get(`/sync/status?${here}`, again)).body).toMatchObject({ cursor_position: moved.body.cursor_position, pending_changes: 0 });
  });
});

describe('as a control', () => {
  it('when admission looks at the user alone, then a revoked session goes on, and the tests above would notice', async () => {
    const { token, knock, admin } = await stage.tenant();
    const ended = await token({ sid: 's1' });
    await knock(ended);
    await admin('POST', '/api/v1/admin/sessions/s1/revoke');
    const { access } = stage.api.world;
    Object.assign(stage.api.world, { access: { admit: () => undefined } });
    try {
      expect((await knock(ended)).status).toBe(200);
    } finally {
      Object.assign(stage.api.world, { access });
    }
    expect((await knock(ended)).status).toBe(401);
  });
});

describe('when all sessions of a user are revoked', () => {
  it('then what was issued until then counts no more, seen or not, and what is issued later does', async () => {
    const { token, knock, admin, sessions } = await stage.tenant();
    const [seen, unseen, bare, named] = await Promise.all([token({ sid: 's1' }), token({ sid: 's2' }), token({ iat: undefined }), token({ sid: 's3', iat: undefined })]);
    await knock(seen);
    expect(await admin('POST', '/api/v1/admin/users/ann/sessions/revoke-all')).toMatchObject({ status: 200, body: { user_id: 'ann', revoked: 1 } });
    expect(await Promise.all([seen, unseen, bare].map(async (one) => (await knock(one)).status))).toEqual([401, 401, 401]);
    expect((await knock(named)).status).toBe(200);
    expect((await knock(await token({ sid: 's4', iat: now() + 2 }))).status).toBe(200);
    expect((await knock(await token({ sub: 'ben', sid: 'b1' }))).status).toBe(200);
    expect((await sessions()).map(({ id }) => id)).toEqual(['s3', 's4']);
    const { body } = await admin('GET', '/api/internal-audit-logs?action=revoke_all_sessions');
    expect(body.items).toMatchObject([{ outcome_code: 'SESSIONS_REVOKED', resource_id: 'ann' }]);
  });
});

describe('when a user is suspended', () => {
  const user = (status: string) => ({ email: 'a@example.com', name: 'A', status });

  it('then their sessions end, and stay ended when they are active again', async () => {
    const { token, knock, admin, sessions } = await stage.tenant();
    await admin('PUT', '/api/v1/directory/users/ann', user('active'));
    const before = await token({ sid: 's1' });
    expect((await knock(before)).status).toBe(200);
    await admin('PUT', '/api/v1/directory/users/ann', user('suspended'));
    expect(await knock(before)).toMatchObject({ status: 403, body: { error: { code: 'AUTHZ_USER_SUSPENDED' } } });
    await admin('PUT', '/api/v1/directory/users/ann', user('active'));
    expect(await knock(before)).toMatchObject({ status: 401, body: { error: { code: 'AUTH_SESSION_REVOKED' } } });
    expect((await knock(await token({ sid: 's9', iat: now() + 2 }))).status).toBe(200);
    expect((await sessions()).map(({ id }) => id)).toEqual(['s9']);
  });
});
