// The gate at its door: exactly five pass from two processes, the fifth failure locks with one security entry, and nobody passes while nobody counts.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { reportAttempt } from '../../db/lockout/gate.ts';
import { createPlainEffects } from '../../db/plain-effect.ts';
import { createPool } from '../../db/pool.ts';
import { queryAs } from '../../db/tenant-transaction.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import { startTestApi } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { isFullSize } from '../harness/fault-rounds.ts';
import { environmentFor, startApiProcess } from '../harness/processes.ts';
import { account, minuteMicros, stageSignIns } from './lockout-stage.ts';

let api: TestApi;
let tenants = 0;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(async () => {
  await api.end();
});

function tenant() {
  tenants += 1;
  return stageSignIns(api, `gate${String(tenants)}`);
}

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

  it('then a success clears what failed before it', async () => {
    const { attempt, report, fail } = await tenant();
    for (let count = 0; count < 4; count += 1) await fail();
    const last = await attempt();
    expect(last.body).toMatchObject({ allowed: true, remaining: 0 });
    expect((await report(last.body.attempt_id as string, 'success')).status).toBe(200);

    expect(await attempt()).toMatchObject({ status: 200, body: { remaining: 4 } });
  });

  it('then an account in another spelling and a mapped address are the same pair', async () => {
    const { fail, attempt } = await tenant();
    for (let count = 0; count < 5; count += 1) await fail('::ffff:203.0.113.7', count % 2 === 0 ? ' ANN@example.com ' : account);

    expect((await attempt()).status).toBe(423);
  });

  it('then of an IPv6 address the network is counted, and the sign-ins tell the address itself', async () => {
    const { attempt, fail, report, entries, admin, passTime } = await tenant();
    const [first, second] = ['2001:DB8:1:2:aaaa:bbbb:cccc:dddd', '2001:db8:1:2::9'];
    expect((await report((await attempt(first)).body.attempt_id as string, 'success')).status).toBe(200);
    for (let count = 0; count < 3; count += 1) await fail(first);
    await fail(second);
    await attempt(second);
    await passTime(minuteMicros);
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

describe('when the gate does not reach the database', () => {
  it('then an attempt is 503 and nobody is let through; what was open and what had failed counts as before when it does again', async () => {
    const { attempt, report, fail } = await tenant();
    for (let count = 0; count < 3; count += 1) await fail();
    const { attempt_id: open } = (await attempt()).body as { attempt_id: string };
    const { gateEffects } = api.world;
    const nowhere = createPool({ url: api.database.appUrl.replace(/[^/]+$/, 'gone'), max: 1 });
    Object.assign(api.world, { gateEffects: createPlainEffects({ pool: nowhere }) });
    try {
      for (const answer of [await attempt(), await attempt('198.51.100.9'), await report(open, 'success')]) {
        expect(answer).toMatchObject({ status: 503, body: { error: { code: 'UNAVAILABLE' } } });
        expect(answer.body).not.toHaveProperty('allowed');
      }
    } finally {
      Object.assign(api.world, { gateEffects });
      await nowhere.end();
    }

    expect(await attempt()).toMatchObject({ status: 200, body: { allowed: true, remaining: 0 } });
    expect((await report(open, 'success')).status).toBe(200);
  });

  it('then also when only how often the tenant asks cannot be counted', async () => {
    const { attempt } = await tenant();
    const { limits } = api.world;
    Object.assign(api.world, { limits: { take: () => Promise.resolve({ kind: 'uncounted' }) } });
    try {
      expect(await attempt()).toMatchObject({ status: 503, body: { error: { code: 'UNAVAILABLE' } } });
    } finally {
      Object.assign(api.world, { limits });
    }

    expect(await attempt()).toMatchObject({ status: 200, body: { remaining: 4 } });
  });
});

describe('when the settings say otherwise', () => {
  it('then so many attempts pass, within such a window, and a lock lasts so long', async () => {
    const { admin, attempt, fail, passTime } = await tenant();
    const set = (json: Record<string, number>) => api.call('/api/v1/admin/settings', { method: 'PATCH', token: admin, json });
    expect((await set({ lockout_max_attempts: 2, lockout_window_minutes: 3, lockout_minutes: 7 })).status).toBe(200);

    await fail();
    await passTime(3 * minuteMicros);
    await fail();
    expect(await attempt('198.51.100.9')).toMatchObject({ body: { remaining: 1 } });
    expect((await fail()).status).toBe(200);
    const locked = await attempt();
    expect(locked.status).toBe(423);
    const lockedMs = Date.parse(locked.body.blocked_until as string) - Date.now();
    expect(lockedMs).toBeGreaterThan(6 * 60_000);
    expect(lockedMs).toBeLessThanOrEqual(7 * 60_000);
    await passTime(7 * minuteMicros);
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
