// The gate at its door: exactly five pass from two processes, one security entry, the end of a lock, the account that is tried from everywhere.
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { gateOf } from '../../api/v1/lockout/gate-of.ts';
import { reportAttempt, reserveAttempt, settlePair } from '../../db/lockout/gate.ts';
import { queryAs } from '../../db/tenant-transaction.ts';
import { createPlainEffects } from '../../db/plain-effect.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { Answered, TestApi } from '../harness/api.ts';
import { isFullSize } from '../harness/fault-rounds.ts';
import { environmentFor, startApiProcess } from '../harness/processes.ts';

let api: TestApi;
let tenants = 0;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(async () => {
  await api.end();
});

const account = 'ann@example.com';

async function tenant() {
  tenants += 1;
  const tenantId = `lock${String(tenants)}`;
  await api.makeTenant(tenantId);
  const token = await tokenFor({ tenantId, scope: 'events:write' });
  const admin = await tokenFor({ tenantId, scope: 'tenant:admin', userId: 'admin', email: 'desk@example.com' });
  const attempt = (ip = '203.0.113.7', who = account): Promise<Answered> =>
    api.call('/api/v1/auth/attempts', { method: 'POST', token, json: { account: who, ip_address: ip } });
  const report = (id: string, outcome: string): Promise<Answered> => api.call(`/api/v1/auth/attempts/${id}`, { method: 'POST', token, json: { outcome } });
  const fail = async (ip?: string, who?: string) => report((await attempt(ip, who)).body.attempt_id as string, 'failure');
  const entries = (eventType: string) =>
    queryAs<{ severity: string; outcome: string; category: string; details: Record<string, unknown>; user_id: string | null; user_email: string | null; ip_address: string | null; user_agent: string | null; own_action: string | null }>(api.world.pool, tenantId, {
      text: 'SELECT severity, outcome, category, details, user_id, user_email, ip_address, user_agent, own_action FROM entry WHERE tenant_id = $1 AND event_type = $2 ORDER BY seq',
      values: [tenantId, eventType],
    });
  return { tenantId, token, admin, attempt, report, fail, entries };
}

/** As if so much time had passed: everything the row knows of is so much longer ago. The clock is the database's, so the rows move. */
async function passTime(tenantId: string, micros: number): Promise<void> {
  await queryAs(api.world.pool, tenantId, {
    text: `UPDATE lockout_pair SET state = jsonb_build_object(
        'failures', (SELECT coalesce(jsonb_agg(f::text::bigint - $2::bigint), '[]') FROM jsonb_array_elements(state->'failures') f),
        'open', (SELECT coalesce(jsonb_agg(jsonb_set(o, '{at}', to_jsonb((o->>'at')::bigint - $2::bigint))), '[]') FROM jsonb_array_elements(state->'open') o),
        'closed', state->'closed',
        'lockedUntil', CASE WHEN state->>'lockedUntil' IS NULL THEN 'null'::jsonb ELSE to_jsonb((state->>'lockedUntil')::bigint - $2::bigint) END)
      WHERE tenant_id = $1`,
    values: [tenantId, micros],
  });
}

const minute = 60_000_000;
const rounds = isFullSize() ? 100 : 3;

describe('when attempts are reserved', () => {
  it('then each tells how many are left, the sixth is 423, and from another address the victim signs in', async () => {
    const { attempt, report } = await tenant();
    const remaining = [];
    for (let count = 0; count < 5; count += 1) remaining.push((await attempt()).body.remaining);

    expect(remaining).toEqual([4, 3, 2, 1, 0]);
    const sixth = await attempt();
    expect([sixth.status, sixth.body]).toEqual([423, { allowed: false, blocked_until: expect.stringMatching(/Z$/) }]);
    const elsewhere = await attempt('198.51.100.9');
    expect(elsewhere).toMatchObject({ status: 200, body: { allowed: true, remaining: 4 } });
    expect((await report(elsewhere.body.attempt_id as string, 'success')).status).toBe(200);
  });

  it('then the fifth failure locks, and exactly one security entry says so', async () => {
    const { attempt, fail, entries, admin } = await tenant();
    for (let count = 0; count < 5; count += 1) expect((await fail()).status).toBe(200);

    expect((await attempt()).status).toBe(423);
    expect(await entries('security.account_lockout')).toEqual([
      expect.objectContaining({ severity: 'warning', outcome: 'denied', category: 'security', details: expect.objectContaining({ account, ip_address: '203.0.113.7', attempts: 5, blocked_until: expect.any(String) }) }),
    ]);
    const failures = await entries('auth.login');
    expect(failures).toHaveLength(5);
    expect(failures[0]).toMatchObject({ outcome: 'failure', severity: 'warning', category: 'authentication', user_email: account, ip_address: '203.0.113.7', own_action: null });
    expect((await api.call('/api/v1/admin/lockouts', { token: admin })).body).toMatchObject({ lockouts: [{ account, ip_address: '203.0.113.7', attempts: 5 }], has_more: false });
  });

  it('then an account in another spelling and a mapped address are the same pair', async () => {
    const { fail, attempt } = await tenant();
    for (let count = 0; count < 5; count += 1) await fail('::ffff:203.0.113.7', count % 2 === 0 ? ' ANN@example.com ' : account);

    expect((await attempt()).status).toBe(423);
  });

  it('then of an IPv6 address the network is counted, and the sign-ins tell the address itself', async () => {
    const { attempt, fail, report, entries, admin, tenantId } = await tenant();
    const [first, second] = ['2001:DB8:1:2:aaaa:bbbb:cccc:dddd', '2001:db8:1:2::9'];
    expect((await report((await attempt(first)).body.attempt_id as string, 'success')).status).toBe(200);
    for (let count = 0; count < 3; count += 1) await fail(first);
    await fail(second);
    await attempt(second);
    await passTime(tenantId, minute);
    expect((await attempt(first)).status).toBe(423);

    const spelled = first.toLowerCase();
    expect((await entries('auth.login')).map(({ outcome, ip_address: ip }) => [outcome, ip])).toEqual([
      ['success', spelled], ['failure', spelled], ['failure', spelled], ['failure', spelled], ['failure', second], ['failure', second],
    ]);
    expect((await entries('security.account_lockout'))[0]).toMatchObject({ ip_address: second, user_email: account, details: { ip_address: '2001:db8:1:2::/64', account } });
    expect((await api.call('/api/v1/admin/lockouts', { token: admin })).body).toMatchObject({ lockouts: [{ account, ip_address: '2001:db8:1:2::/64' }] });
    const found = await api.call(`/api/v1/enterprise/audit/events?event_type=auth.login&ip_address=${spelled}`, { token: admin });
    expect(found.body.events).toHaveLength(4);
  });

  it('then what is no address, or no account, is named', async () => {
    const { attempt, report, token } = await tenant();
    expect(await attempt('not an address')).toMatchObject({ status: 422, body: { error: { details: { fields: [{ field: 'ip_address' }] } } } });
    expect(await attempt('203.0.113.7', '  ')).toMatchObject({ status: 422, body: { error: { details: { fields: [{ field: 'account' }] } } } });
    expect((await report('0'.repeat(32) + '.' + '0'.repeat(26), 'failure')).status).toBe(404);
    expect((await api.call('/api/v1/admin/lockouts', { token })).status).toBe(403);
  });
});

describe('when a hundred arrive at once from two processes', () => {
  it(`then exactly five pass in each of ${String(rounds)} rounds, and when all fail there is exactly one security entry`, async () => {
    const { ownerUrl, appUrl } = api.database;
    const other = await startApiProcess({ env: { ...environmentFor({ ownerUrl, appUrl, temporalAddress: '127.0.0.1:1' }), HOLDFAST_RATE_LIMITS: 'off' } });
    try {
      const { token, entries, report } = await tenant();
      for (let round = 0; round < rounds; round += 1) {
        const json = JSON.stringify({ account: `round${String(round)}@example.com`, ip_address: '203.0.113.7' });
        const answers = await Promise.all(
          Array.from({ length: 100 }, async (_, index) => {
            const answer = await fetch(`${index % 2 === 0 ? api.url : other.url}/api/v1/auth/attempts`, {
              method: 'POST',
              headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
              body: json,
              signal: AbortSignal.timeout(20_000),
            });
            return { status: answer.status, body: (await answer.json()) as { attempt_id: string } };
          }),
        );
        const passed = answers.filter(({ status }) => status === 200);
        expect(answers.map(({ status }) => status).filter((status) => status !== 200 && status !== 423)).toEqual([]);
        expect(passed).toHaveLength(5);
        await Promise.all(passed.map(({ body }) => report(body.attempt_id, 'failure')));
        expect(await entries('security.account_lockout')).toHaveLength(round + 1);
      }
    } finally {
      await other.stop();
    }
  }, isFullSize() ? 600_000 : 60_000);
});

describe('when the entry of a lock cannot be written', () => {
  it('then the pair is not locked and the attempt is still open; reported again, both are there', async () => {
    const { tenantId, attempt, report, fail, entries } = await tenant();
    for (let count = 0; count < 4; count += 1) await fail();
    const { attempt_id: attemptId } = (await attempt()).body as { attempt_id: string };
    const readRow = () =>
      queryAs<{ version: string; locked_until: Date | null; failures: number; open: string }>(api.world.pool, tenantId, {
        text: `SELECT version, locked_until, failures, state->'open'->0->>'id' AS open FROM lockout_pair WHERE tenant_id = $1`,
        values: [tenantId],
      });
    const before = await readRow();
    const effects = createPlainEffects({ pool: api.world.pool });
    /** The log takes everything but the one entry. */
    const write: typeof effects.run = (id, work) =>
      effects.run(id, async (ask) => {
        const effect = await work(ask);
        if (isRefusal(effect)) return effect;
        return { ...effect, entries: effect.entries.map((entry) => (entry.event_type === 'security.account_lockout' ? { ...entry, event_time: 'at no time' } : entry)) };
      });

    await expect(reportAttempt({ ids: api.world.ids, write }, { tenantId, actor: null, requestId: null }, { attemptId, outcome: 'failure' })).rejects.toThrow(/at no time/);
    expect(await readRow()).toEqual(before);
    expect(before).toMatchObject([{ locked_until: null, failures: 4, open: attemptId }]);
    expect([await entries('security.account_lockout'), (await entries('auth.login')).length]).toEqual([[], 4]);

    expect((await report(attemptId, 'failure')).status).toBe(200);
    expect(await entries('security.account_lockout')).toHaveLength(1);
    expect(await readRow()).toMatchObject([{ failures: 5, locked_until: expect.any(Date) }]);
  });
});

describe('when the settings say otherwise', () => {
  it('then so many attempts pass, within such a window, and a lock lasts so long', async () => {
    const { tenantId, admin, attempt, fail } = await tenant();
    const set = (json: Record<string, number>) => api.call('/api/v1/admin/settings', { method: 'PATCH', token: admin, json });
    expect((await set({ lockout_max_attempts: 2, lockout_window_minutes: 3, lockout_minutes: 7 })).status).toBe(200);

    await fail();
    await passTime(tenantId, 3 * minute);
    await fail();
    expect(await attempt('198.51.100.9')).toMatchObject({ body: { remaining: 1 } });
    expect((await fail()).status).toBe(200);
    const locked = await attempt();
    expect(locked.status).toBe(423);
    const lockedMs = Date.parse(locked.body.blocked_until as string) - Date.now();
    expect(lockedMs).toBeGreaterThan(6 * 60_000);
    expect(lockedMs).toBeLessThanOrEqual(7 * 60_000);
    await passTime(tenantId, 7 * minute);
    expect(await attempt()).toMatchObject({ status: 200, body: { remaining: 1 } });
  });

  it('then raising the limit lets the next attempt through', async () => {
    const { admin, attempt } = await tenant();
    for (let count = 0; count < 5; count += 1) await attempt();
    expect((await attempt()).status).toBe(423);
    await api.call('/api/v1/admin/settings', { method: 'PATCH', token: admin, json: { lockout_max_attempts: 6 } });
    expect(await attempt()).toMatchObject({ status: 200, body: { remaining: 0 } });
  });
});

describe('when time passes', () => {
  it('then the lock ends: the next attempt is allowed and one entry tells of the end', async () => {
    const { tenantId, attempt, fail, entries } = await tenant();
    for (let count = 0; count < 5; count += 1) await fail();
    await passTime(tenantId, 15 * minute);

    expect(await attempt()).toMatchObject({ status: 200, body: { remaining: 4 } });
    expect(await entries('admin.account_unlock')).toEqual([expect.objectContaining({ severity: 'info', details: expect.objectContaining({ by: 'time', account }) })]);
  });

  it('then an attempt nobody reported has failed, and a late success is refused', async () => {
    const { tenantId, attempt, report, entries } = await tenant();
    const { attempt_id: id } = (await attempt()).body as { attempt_id: string };
    await passTime(tenantId, minute);

    expect((await report(id, 'success')).status).toBe(409);
    expect(await entries('auth.login')).toEqual([expect.objectContaining({ outcome: 'failure', details: expect.objectContaining({ reason: 'not reported in time', attempted_at: expect.stringMatching(/Z$/) }) })]);
    const [{ details } = { details: {} }] = await entries('auth.login');
    expect(Date.parse(String((details as Record<string, unknown>).attempted_at))).toBeLessThanOrEqual(Date.now() - 60_000);
  });

  it('then settling does the same without anybody asking, once, however many do it at once', async () => {
    const { tenantId, admin, fail, entries } = await tenant();
    for (let count = 0; count < 5; count += 1) await fail();
    const { id } = (await api.call('/api/v1/admin/lockouts', { token: admin })).body.lockouts[0] as { id: string };
    await passTime(tenantId, 15 * minute);

    await Promise.all(Array.from({ length: 4 }, () => settlePair(gateOf(api.world), { tenantId, id })));
    expect(await entries('admin.account_unlock')).toHaveLength(1);
  });
});

describe('when the clocks of processes are an hour off, in both directions', () => {
  it('then five pass among them, the fifth failure locks, and the lock ends by the clock of the database', async () => {
    const { tenantId, entries } = await tenant();
    const asking = { tenantId, actor: null, requestId: null };
    const now = Date.now.bind(Date);
    const clock = jest.spyOn(Date, 'now');
    let process = 0;
    const attempt = async () => {
      const offsetMs = [3_600_000, -3_600_000, 0][process++ % 3] ?? 0;
      clock.mockImplementation(() => now() + offsetMs);
      const reserved = await reserveAttempt(gateOf(api.world), asking, { account, address: '203.0.113.9' });
      if (isRefusal(reserved)) throw new Error(reserved.message);
      if (reserved.allowed) expect(await reportAttempt(gateOf(api.world), asking, { attemptId: reserved.attemptId, outcome: 'failure' })).toBeNull();
      return reserved.allowed;
    };
    try {
      const passed: boolean[] = [];
      for (let count = 0; count < 9; count += 1) passed.push(await attempt());
      expect(passed).toEqual([true, true, true, true, true, false, false, false, false]);
      expect(await entries('security.account_lockout')).toHaveLength(1);
      const [lock] = await queryAs<{ minutes: number }>(api.world.pool, tenantId, {
        text: 'SELECT (extract(epoch FROM locked_until - clock_timestamp()) / 60)::float AS minutes FROM lockout_pair WHERE tenant_id = $1',
        values: [tenantId],
      });
      expect(lock?.minutes).toBeGreaterThan(14);
      expect(lock?.minutes).toBeLessThanOrEqual(15);
      await passTime(tenantId, 16 * minute);
      expect([await attempt(), await attempt(), await attempt()]).toEqual([true, true, true]);
    } finally {
      clock.mockRestore();
    }
  });
});

describe('when an administrator unlocks', () => {
  it('then the pair is free, with who did it and why in the log; a second time there is nothing to unlock', async () => {
    const { admin, token, attempt, fail, entries } = await tenant();
    for (let count = 0; count < 5; count += 1) await fail();
    const { id } = (await api.call('/api/v1/admin/lockouts', { token: admin })).body.lockouts[0] as { id: string };
    const unlock = (by: string) => api.call(`/api/v1/admin/lockouts/${id}/unlock`, { method: 'POST', token: by, json: { reason: 'called the desk' } });

    expect((await unlock(token)).status).toBe(403);
    expect((await unlock(admin)).status).toBe(204);
    expect(await attempt()).toMatchObject({ status: 200, body: { remaining: 4 } });
    const told = await entries('admin.account_unlock');
    expect(told.at(-1)).toMatchObject({ own_action: 'unlock_account', outcome: 'success', details: { reason: 'called the desk', by: 'admin', account, ip_address: '203.0.113.7' } });
    // Who did it and from where; not whom it was about.
    expect(told.at(-1)).toMatchObject({ user_id: 'admin', user_email: 'desk@example.com', ip_address: '127.0.0.1' });
    expect((await unlock(admin)).status).toBe(404);
  });
});

describe('when nothing of an account is left to count', () => {
  it('then its row goes with the last of its pairs, and not before', async () => {
    const { tenantId, fail } = await tenant();
    const addresses = ['198.51.100.1', '198.51.100.2', '198.51.100.3'];
    for (const address of addresses) await fail(address);
    const accounts = () => queryAs(api.world.pool, tenantId, { text: 'SELECT account FROM lockout_account WHERE tenant_id = $1', values: [tenantId] });
    const pairs = () => queryAs<{ id: string }>(api.world.pool, tenantId, { text: 'SELECT id FROM lockout_pair WHERE tenant_id = $1', values: [tenantId] });
    await passTime(tenantId, 61 * minute);
    await queryAs(api.world.pool, tenantId, { text: `UPDATE lockout_pair SET last_failure_at = last_failure_at - interval '61 minutes' WHERE tenant_id = $1`, values: [tenantId] });

    const [first, ...others] = await pairs();
    await settlePair(gateOf(api.world), { tenantId, id: String(first?.id) });
    expect([(await pairs()).length, (await accounts()).length]).toEqual([2, 1]);
    await Promise.all(others.map(({ id }) => settlePair(gateOf(api.world), { tenantId, id })));
    expect([await pairs(), await accounts()]).toEqual([[], []]);
    await fail(addresses[0]);
    expect(await accounts()).toHaveLength(1);
  });
});

describe('when many addresses fail on one account', () => {
  it('then one critical entry says so, once', async () => {
    const { admin, fail, entries } = await tenant();
    await api.call('/api/v1/admin/settings', { method: 'PATCH', token: admin, json: { suspicious_login_addresses: 8 } });
    await Promise.all(Array.from({ length: 12 }, (_, index) => fail(`198.51.100.${String(index)}`)));

    expect(await entries('security.suspicious_login')).toEqual([expect.objectContaining({ severity: 'critical', details: expect.objectContaining({ account, addresses: 8 }) })]);
  });
});
