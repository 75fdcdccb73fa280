// How a lock ends: by time, by hand, by the clock of the database alone; and what is noticed of an account over all its addresses.
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { gateOf } from '../../api/v1/lockout/gate-of.ts';
import { reportAttempt, reserveAttempt, settlePair } from '../../db/lockout/gate.ts';
import { queryAs } from '../../db/tenant-transaction.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import { startTestApi } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
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
  return stageSignIns(api, `ends${String(tenants)}`);
}

describe('when time passes', () => {
  it('then the lock ends: the next attempt is allowed and one entry tells of the end', async () => {
    const { attempt, fail, entries, passTime } = await tenant();
    for (let count = 0; count < 5; count += 1) await fail();
    await passTime(15 * minuteMicros);

    expect(await attempt()).toMatchObject({ status: 200, body: { remaining: 4 } });
    expect(await entries('admin.account_unlock')).toEqual([expect.objectContaining({ severity: 'info', details: expect.objectContaining({ by: 'time', account }) })]);
  });

  it('then an attempt nobody reported has failed, and a late success is refused', async () => {
    const { attempt, report, entries, passTime } = await tenant();
    const { attempt_id: id } = (await attempt()).body as { attempt_id: string };
    await passTime(minuteMicros);

    expect((await report(id, 'success')).status).toBe(409);
    expect(await entries('auth.login')).toEqual([expect.objectContaining({ outcome: 'failure', details: expect.objectContaining({ reason: 'not reported in time', attempted_at: expect.stringMatching(/Z$/) }) })]);
    const [entry] = await entries('auth.login');
    expect(Date.parse(String(entry?.details['attempted_at']))).toBeLessThanOrEqual(Date.now() - 60_000);
  });

  it('then settling does the same without anybody asking, once, however many do it at once', async () => {
    const { tenantId, admin, fail, entries, passTime } = await tenant();
    for (let count = 0; count < 5; count += 1) await fail();
    const { id } = (await api.call('/api/v1/admin/lockouts', { token: admin })).body.lockouts[0] as { id: string };
    await passTime(15 * minuteMicros);

    await Promise.all(Array.from({ length: 4 }, () => settlePair(gateOf(api.world), { tenantId, id })));
    expect(await entries('admin.account_unlock')).toHaveLength(1);
  });
});

describe('when the clocks of processes are an hour off, in both directions', () => {
  it('then five pass among them, the fifth failure locks, and the lock ends by the clock of the database', async () => {
    const { tenantId, entries, passTime } = await tenant();
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
      await passTime(16 * minuteMicros);
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
    const { tenantId, fail, passTime } = await tenant();
    const addresses = ['198.51.100.1', '198.51.100.2', '198.51.100.3'];
    for (const address of addresses) await fail(address);
    const accounts = () => queryAs(api.world.pool, tenantId, { text: 'SELECT account FROM lockout_account WHERE tenant_id = $1', values: [tenantId] });
    const pairs = () => queryAs<{ id: string }>(api.world.pool, tenantId, { text: 'SELECT id FROM lockout_pair WHERE tenant_id = $1', values: [tenantId] });
    await passTime(61 * minuteMicros);
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
