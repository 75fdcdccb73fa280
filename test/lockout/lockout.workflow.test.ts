// Counting behind the gate on a real Temporal server: locks end in time, nothing is lost with Temporal away, floods start no workflow.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { sweepOnce, tellOnce } from '../../activities/lockout/signaller.ts';
import { startWorker } from '../../activities/start-worker.ts';
import { createLockoutTeller } from '../../bin/root/lockout-teller.ts';
import type { LockoutTeller } from '../../bin/root/lockout-teller.ts';
import { countBehind } from '../../domain/lockout/count-behind.ts';
import type { PairTold } from '../../domain/lockout/count-behind.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import { reportAttempt, reserveAttempt } from '../../db/lockout/gate.ts';
import type { GateWorld } from '../../db/lockout/gate.ts';
import { createPlainEffects } from '../../db/plain-effect.ts';
import { lockoutWorkflowId } from '../../workflows/lockout/lockout.messages.ts';
import { eventually } from '../harness/eventually.ts';
import { testServers } from '../harness/published-servers.ts';
import { startJobInstallation } from '../job/job-installation.ts';
import type { JobInstallation } from '../job/job-installation.ts';

let here: JobInstallation;
let teller: LockoutTeller;
let gate: GateWorld;
const asking = { tenantId: 't', actor: null, requestId: null };
const second = 1_000_000;

beforeAll(async () => {
  here = await startJobInstallation();
  await here.makeTenant('t');
  teller = createLockoutTeller({ address: here.address, namespace: here.namespace });
  gate = { ids: here.world.ids, write: createPlainEffects({ pool: here.world.pool }).run };
});
afterAll(async () => {
  await teller.close();
  await here.end();
});

async function fail(account: string, { times = 1, address = '203.0.113.7' }: { times?: number; address?: string } = {}): Promise<string> {
  let pairId = '';
  for (let count = 0; count < times; count += 1) {
    const reserved = await reserveAttempt(gate, asking, { account, address });
    if (isRefusal(reserved) || !reserved.allowed) throw new Error('the attempt was not allowed');
    pairId = reserved.attemptId.slice(0, 32);
    expect(await reportAttempt(gate, asking, { attemptId: reserved.attemptId, outcome: 'failure' })).toBeNull();
  }
  return pairId;
}

const tell = (perSecond = 1_000) => tellOnce({ pool: here.world.pool, tellLockout: teller.tellLockout }, { pairsPerSecond: perSecond });
const handleOf = (pairId: string) => here.temporal.workflow.getHandle(lockoutWorkflowId({ tenantId: 't', pairId }));
const work = () => startWorker({ temporalAddress: here.address, namespace: here.namespace, world: here.world, log: pino({ level: 'silent' }), bundle: { codePath: testServers().workflowBundle }, taskQueue: 'lockout', graceMs: 500 });
const rowOf = async (pairId: string) =>
  (await here.sql<{ version: string; signalled_version: string; locked_until: Date | null }>('SELECT version, signalled_version, locked_until FROM lockout_pair WHERE id = $1', [pairId]))[0];
const unlocks = async (account: string) =>
  (await here.sql<{ n: string }>(`SELECT count(*) AS n FROM entry WHERE event_type = 'admin.account_unlock' AND details->>'account' = $1`, [account]))[0]?.n;
/** The lock was to end a moment ago. */
const endLockNow = (pairId: string) =>
  here.sql(`UPDATE lockout_pair SET state = jsonb_set(state, '{lockedUntil}', to_jsonb((extract(epoch FROM clock_timestamp()) * 1000000)::bigint)), locked_until = clock_timestamp(), due_at = clock_timestamp() WHERE id = $1`, [pairId]);

describe('when a pair failed once', () => {
  it('then nobody is told and no workflow starts, however many addresses there are', async () => {
    const pairIds = await Promise.all(Array.from({ length: 20 }, (_, index) => fail('once@example.com', { address: `198.51.100.${String(index)}` })));

    expect(await tell()).toBe(0);
    await expect(handleOf(pairIds[0] ?? '').describe()).rejects.toThrow(/not found/i);
  });
});

describe('when attempts stay open', () => {
  const lapsed = async (account: string) =>
    Number((await here.sql<{ n: string }>(`SELECT count(*) AS n FROM entry WHERE event_type = 'auth.login' AND details->>'account' = $1 AND details->>'reason' = 'not reported in time'`, [account]))[0]?.n);
  const open = async (account: string, address = '203.0.113.7'): Promise<string> => {
    const reserved = await reserveAttempt(gate, asking, { account, address });
    if (isRefusal(reserved) || !reserved.allowed) throw new Error('the attempt was not allowed');
    return reserved.attemptId.slice(0, 32);
  };
  /** As if everything of the pair had happened so much earlier. */
  const passTime = (pairId: string, seconds: number) =>
    here.sql(
      `UPDATE lockout_pair SET opened_at = opened_at - make_interval(secs => $2), due_at = due_at - make_interval(secs => $2), last_failure_at = last_failure_at - make_interval(secs => $2), recent = '[]', state = state
          || jsonb_build_object('open', (SELECT coalesce(jsonb_agg(o || jsonb_build_object('at', (o->>'at')::bigint - $2::bigint * 1000000)), '[]') FROM jsonb_array_elements(state->'open') o))
          || jsonb_build_object('failures', (SELECT coalesce(jsonb_agg(f::text::bigint - $2::bigint * 1000000), '[]') FROM jsonb_array_elements(state->'failures') f))
        WHERE id = $1`,
      [pairId, seconds],
    );

  it('then the workflow of a pair that failed before is told of one, and closes it in time, before any sweep', async () => {
    const account = 'unreported@example.com';
    await fail(account);
    const pairId = await open(account);
    await tell();
    await expect(handleOf(pairId).describe()).rejects.toThrow(/not found/i);

    await passTime(pairId, 57);
    await eventually(async () => {
      await tell();
      await handleOf(pairId).describe();
      return true;
    });
    const worker = await work();
    await eventually(async () => (await lapsed(account)) === 1, { limitMs: 20_000 });
    await worker.stop();
    expect((await rowOf(pairId))?.version).toBe('2');
    const { events } = await handleOf(pairId).fetchHistory();
    const toldOf = (events ?? []).flatMap((event) => event.workflowExecutionSignaledEventAttributes?.input?.payloads ?? []).map(({ data }) => new TextDecoder().decode(data ?? new Uint8Array()));
    expect(toldOf.join()).toContain('"address":null');
    expect(toldOf.join()).not.toContain('203.0.113.7');
    await handleOf(pairId).terminate();
  });

  it('then attempts that alone were made from many addresses start no workflow; the sweep closes them', async () => {
    const account = 'alone@example.com';
    const pairIds = await Promise.all(Array.from({ length: 20 }, (_, index) => open(account, `198.51.100.${String(index)}`)));
    for (const pairId of pairIds) await passTime(pairId, 71);
    await tell();
    for (const pairId of pairIds) await expect(handleOf(pairId).describe()).rejects.toThrow(/not found/i);
    expect(await lapsed(account)).toBe(0);

    await sweepOnce(here.world);
    expect(await lapsed(account)).toBe(20);
    await tell();
    await expect(handleOf(pairIds[0] ?? '').describe()).rejects.toThrow(/not found/i);
  });
});

describe('when many pairs failed twice', () => {
  it('then no more are told of in a second than the installation allows, the locked ones first', async () => {
    await Promise.all(Array.from({ length: 12 }, (_, index) => fail('twice@example.com', { times: 2, address: `192.0.2.${String(index)}` })));
    const locked = await fail('locked@example.com', { times: 5 });
    await here.sql('UPDATE lockout_signal_budget SET tokens = 0, filled_at = clock_timestamp()');
    const told = await eventually(async () => {
      const count = await tell(4);
      return count > 0 ? count : null;
    });

    expect(told).toBeLessThanOrEqual(4);
    expect((await rowOf(locked))?.signalled_version).toBe((await rowOf(locked))?.version);
  });
});

describe('when a pair is locked', () => {
  it('then its workflow ends the lock by its timer, with one entry, and its count is the row’s', async () => {
    const pairId = await fail('timer@example.com', { times: 5 });
    // Told of a lock that ends in two seconds.
    await here.sql(`UPDATE lockout_pair SET state = jsonb_set(state, '{lockedUntil}', to_jsonb((extract(epoch FROM clock_timestamp()) * 1000000)::bigint + $2::bigint)) WHERE id = $1`, [pairId, 2 * second]);
    await eventually(async () => {
      await tell();
      return (await rowOf(pairId))?.signalled_version === (await rowOf(pairId))?.version;
    });
    const worker = await work();
    const { version } = (await handleOf(pairId).result()) as { version: number };
    await worker.stop();

    expect(String(version)).toBe((await rowOf(pairId))?.version);
    expect((await rowOf(pairId))?.locked_until).toBeNull();
    expect(await unlocks('timer@example.com')).toBe('1');
  });

  it('then without Temporal the sweep ends the lock, once, also when two sweep', async () => {
    const pairId = await fail('sweep@example.com', { times: 5 });
    await endLockNow(pairId);
    await here.sql(`UPDATE lockout_pair SET due_at = now() - interval '11 seconds' WHERE id = $1`, [pairId]);
    await Promise.all([sweepOnce(here.world), sweepOnce(here.world)]);

    expect(await unlocks('sweep@example.com')).toBe('1');
    expect((await rowOf(pairId))?.locked_until).toBeNull();
  });

  it('then what a workflow was not told is told again after whoever should have told it died', async () => {
    const pairId = await fail('claimed@example.com', { times: 5 });
    await here.sql(`UPDATE lockout_pair SET signalling_until = now() + interval '1 hour' WHERE id = $1`, [pairId]);
    await tell();
    expect((await rowOf(pairId))?.signalled_version).toBe('0');
    await here.sql(`UPDATE lockout_pair SET signalling_until = now() - interval '1 second' WHERE id = $1`, [pairId]);
    await eventually(async () => {
      await tell();
      return (await rowOf(pairId))?.signalled_version === (await rowOf(pairId))?.version;
    });
  });
});

describe('when what is told comes late, twice or with a gap', () => {
  const rules = { maxAttempts: 5, windowMicros: 900 * second, lockMicros: 900 * second };
  const failed = (version: number, at: number) => ({ version, event: { kind: 'failed' as const, attemptId: String(version), at, lapsed: false } });
  const told = (version: number, failures: number[], events = failures.map((at, index) => failed(index + 1, at))): PairTold => ({
    version,
    rules,
    now: 100,
    events,
    state: { failures, open: [], closed: [], lockedUntil: null },
  });

  it('then the count goes by versions', () => {
    const first = countBehind(null, told(2, [10, 20]));
    expect(first).toMatchObject({ differs: false, counted: { version: 2 } });
    expect(countBehind(first.counted, told(1, [10]))).toEqual({ counted: first.counted, differs: false });
    expect(countBehind(first.counted, told(3, [10, 20, 30]))).toMatchObject({ differs: false, counted: { version: 3 } });
    expect(countBehind(first.counted, told(9, [10], [failed(9, 90)]))).toMatchObject({ differs: false, counted: { version: 9, state: { failures: [10] } } });
  });

  it('then a row that does not follow from its events is reported, and is right all the same', () => {
    const first = countBehind(null, told(1, [10]));
    expect(countBehind(first.counted, { ...told(2, [10, 20, 30]), events: [failed(2, 20)] })).toMatchObject({ differs: true, counted: { state: { failures: [10, 20, 30] } } });
  });
});
