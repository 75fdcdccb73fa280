// The list of sessions at its door: from first sight until they expire, by request and by sign-in, and seen by no other tenant.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.ts';
import { now, stageSessions } from './sessions-stage.ts';
import type { Claims, SessionsStage } from './sessions-stage.ts';

const browser = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';

let stage: SessionsStage;
beforeAll(async () => {
  stage = await stageSessions();
});
afterAll(async () => {
  await stage.end();
});

describe('when a session is used for the first time', () => {
  it('then it is listed with its six fields', async () => {
    const { token, knock, sessions } = await stage.tenant();
    const exp = now() + 1_000;
    await knock(await token({ sid: 's1', idp: 'okta', exp }), { 'user-agent': browser });
    expect(await sessions()).toEqual([
      {
        id: 's1', user_id: 'ann', idp: 'okta', device_kind: 'web', ip_address: '127.0.0.1', last_activity_at: expect.stringMatching(/Z$/),
        expires_at: new Date(exp * 1000).toISOString().replace('.000Z', 'Z'),
      },
    ]);
  });

  it('then a token that names none is a session by its jti, else by its own hash; the issuer stands in for the provider', async () => {
    const { token, knock, sessions } = await stage.tenant();
    await knock(await token({ jti: 'by-jti', iss: 'https://issuer' }));
    await knock(await token());
    const ids = (await sessions()).map(({ id }) => id);
    expect(ids).toContain('by-jti');
    expect(ids.filter((id) => /^[0-9a-f]{64}$/.test(String(id)))).toHaveLength(1);
    expect((await sessions()).find(({ id }) => id === 'by-jti')).toMatchObject({ idp: 'https://issuer', device_kind: 'api' });
  });

  it('then many requests of it write it once, and nothing of it waits for the database', async () => {
    const { token, knock, sessions } = await stage.tenant();
    const given = await token({ sid: 'busy' });
    await Promise.all(Array.from({ length: 20 }, () => knock(given)));
    expect(await sessions()).toHaveLength(1);
  });

  it('then a request that is not let in lists nothing', async () => {
    const { knock, token, admin, sessions } = await stage.tenant();
    await admin('PUT', '/api/v1/directory/users/ann', { email: 'a@example.com', name: 'A', status: 'suspended' });
    expect((await knock(await token({ sid: 'no' }))).status).toBe(403);
    expect(await sessions()).toEqual([]);
  });
});

describe('when a sign-in is told of', () => {
  const login = (different: Claims = {}) => ({
    event_type: 'auth.login', user_id: 'ann', session_id: 'l1', ip_address: '203.0.113.9', details: { idp: 'saml', device_kind: 'desktop', expires_at: new Date(Date.now() + 60_000).toISOString() }, ...different,
  });

  it('then its session is listed before its first use', async () => {
    const { admin, sessions } = await stage.tenant();
    await admin('POST', '/api/v1/events', login());
    expect(await sessions()).toMatchObject([{ id: 'l1', idp: 'saml', device_kind: 'desktop', ip_address: '203.0.113.9' }]);
  });

  it('then a failed one begins none, and an end that is over is not listed', async () => {
    const { admin, sessions } = await stage.tenant();
    await admin('POST', '/api/v1/events', login({ outcome: 'failure' }));
    await admin('POST', '/api/v1/events', login({ session_id: 'l2', details: { expires_at: '2026-01-01T00:00:00Z' } }));
    expect(await sessions()).toEqual([]);
  });
});

describe('when a session is known by its sign-in and by its first use', () => {
  const anHourAgo = new Date(Date.now() - 3_600_000).toISOString();
  const inFiveDays = new Date(Date.now() + 5 * 86_400_000).toISOString();
  const instant = (seconds: number) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
  const told = { idp: 'saml', device_kind: 'mobile', expires_at: inFiveDays };

  /** In this order; `apart` each is written before the next one comes. */
  async function known(order: readonly ('login' | 'use')[], { details, apart }: { details: Record<string, unknown>; apart: boolean }) {
    const { token, knock, admin, sessions } = await stage.tenant();
    const exp = now() + 3_600;
    const steps = {
      login: () => admin('POST', '/api/v1/events', { event_type: 'auth.login', user_id: 'ann', session_id: 'l1', ip_address: '203.0.113.9', event_time: anHourAgo, details }),
      use: async () => knock(await token({ sid: 'l1', idp: 'claimed', exp }), { 'user-agent': browser }),
    };
    for (const step of order) {
      expect((await steps[step]()).status).toBeLessThan(300);
      if (apart) expect(await sessions()).toHaveLength(1);
    }
    const [session] = await sessions();
    expect(Date.parse(String(session?.last_activity_at))).toBeGreaterThan(Date.now() - 60_000);
    return { session, expires: instant(exp) };
  }

  const ways = [
    ['login, then use', ['login', 'use'], true],
    ['login, then use at once', ['login', 'use'], false],
    ['use, then login', ['use', 'login'], true],
    ['use, then login at once', ['use', 'login'], false],
  ] as const;

  it.each(ways)('then (%s) the provider and the device are the sign-in’s, and end, address and activity the request’s', async (_way, order, apart) => {
    const { session, expires } = await known(order, { details: told, apart });
    expect(session).toMatchObject({ idp: 'saml', device_kind: 'mobile', expires_at: expires, ip_address: '127.0.0.1' });
  });

  it.each(ways)('then (%s) what the sign-in did not say the request says', async (_way, order, apart) => {
    const { session, expires } = await known(order, { details: {}, apart });
    expect(session).toMatchObject({ idp: 'claimed', device_kind: 'web', expires_at: expires, ip_address: '127.0.0.1' });
  });

  it('then a newer token of the session moves its end on, and a sign-in told of later does not', async () => {
    const { tenantId, token, knock, admin, sessions } = await stage.tenant();
    const [first, renewed] = [now() + 600, now() + 1_200];
    await knock(await token({ sid: 'l1', exp: first }));
    await sessions();
    // The other process has not noted it yet; this one would not write it again for a minute.
    stage.other.sessions.note({ tenantId, userId: 'ann', sessionId: 'l1', source: 'request' }, () => ({
      source: 'request', id: 'l1', userId: 'ann', idp: null, deviceKind: null, ipAddress: null, at: new Date().toISOString(), expiresAt: instant(renewed),
    }));
    await stage.other.sessions.flush();
    await admin('POST', '/api/v1/events', { event_type: 'auth.login', user_id: 'ann', session_id: 'l1', details: told });
    expect(await sessions()).toMatchObject([{ expires_at: instant(renewed), idp: 'saml' }]);
  });
});

describe('the list of sessions', () => {
  it('when paged, then every session comes once, whoever it belongs to', async () => {
    const { token, knock, admin } = await stage.tenant();
    for (const [sub, sid] of [['ann', 'a'], ['ben', 'a'], ['ann', 'b'], ['cat', 'c|d']] as const) await knock(await token({ sub, sid }));
    const seen: string[] = [];
    let cursor = '';
    for (let turn = 0; turn < 10; turn += 1) {
      const { body } = await admin('GET', `/api/v1/admin/sessions?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      const page = body.sessions as { id: string; user_id: string }[];
      seen.push(...page.map(({ id, user_id }) => `${id} ${user_id}`));
      cursor = body.cursor;
      if (!body.has_more) break;
    }
    expect(seen.sort()).toEqual(['a ann', 'a ben', 'b ann', 'c|d cat', 'of-the-boss boss']);
    expect((await admin('GET', '/api/v1/admin/sessions?cursor=nonsense')).status).toBe(400);
  });

  it('when the session has expired, then it is listed no more', async () => {
    const { token, knock, sessions } = await stage.tenant();
    await knock(await token({ sid: 's1', exp: now() + 3 }));
    expect(await sessions()).toHaveLength(1);
    await eventually(async () => (await sessions()).length === 0, { everyMs: 100, limitMs: 10_000 });
  });

  it.each([
    ['', 403],
    ['audit:read', 403],
    ['compliance:manage', 403],
    ['events:write', 403],
    ['tenant:admin', 200],
  ])('when the scope is "%s", then all three doors answer %i', async (scope, expected) => {
    const { token, knock } = await stage.tenant();
    await knock(await token({ sid: 's1' }));
    const given = await token({ sub: 'eve', scope });
    const ask = async (method: string, path: string) => (await stage.api.call(path, { method, token: given })).status;
    expect(await ask('GET', '/api/v1/admin/sessions')).toBe(expected);
    expect(await ask('POST', '/api/v1/admin/sessions/s1/revoke')).toBe(expected);
    expect(await ask('POST', '/api/v1/admin/users/ann/sessions/revoke-all')).toBe(expected);
    expect((await knock(await token({ sid: 's7', iat: now() + 2 }))).status).toBe(200);
  });

  it('when another tenant has a session of the same name, then neither sees nor ends the other’s', async () => {
    const [one, two] = [await stage.tenant(), await stage.tenant()];
    const [ofOne, ofTwo] = [await one.token({ sid: 'same' }), await two.token({ sid: 'same' })];
    await one.knock(ofOne);
    await two.knock(ofTwo);
    await one.admin('POST', '/api/v1/admin/sessions/same/revoke');
    expect([(await one.knock(ofOne)).status, (await two.knock(ofTwo)).status]).toEqual([401, 200]);
  });
});
