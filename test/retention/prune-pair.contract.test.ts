// Two batches of a run side by side remove what two batches one after the other would: each in its turn, behind the same gate, and the second never without the first.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { asking } from '../../db/access/ask.ts';
import { passGateBeside } from '../../db/held/gate.ts';
import { makeHold } from '../../db/legal-hold/place-hold.ts';
import { createPool } from '../../db/pool.ts';
import type { Client } from '../../db/pool.ts';
import type { BatchPlace } from '../../db/retention/open-batch.ts';
import { pruneBatch, removeBehindGate } from '../../db/retention/prune-batch.ts';
import type { PruneOutcome, PruneStep } from '../../db/retention/prune-batch.ts';
import { prunePair } from '../../db/retention/prune-pair.ts';
import { inTenant, queryAs } from '../../db/tenant-transaction.ts';
import { eventually } from '../harness/eventually.ts';
import { granted, officerOf } from '../legal-hold/officers.ts';
import { madeRun, seqsWhere } from './made-run.ts';
import type { MadeRun } from './made-run.ts';
import { stageRemovals } from './removal-stage.ts';
import type { RemovalStage } from './removal-stage.ts';

const entries = 60;
const ours = 'share_id IS NOT NULL';

let stage: RemovalStage;
beforeAll(async () => {
  stage = await stageRemovals({ pruners: 3 });
});
afterAll(async () => {
  await stage.end();
});

const made = (): Promise<MadeRun> => madeRun({ store: stage.store, ids: stage.ids, facts: Array.from({ length: entries }, (_, index) => ({ share_id: index % 4 === 0 ? 'held' : 'free' })) });
const stepOf = (run: MadeRun, more: Partial<PruneStep> = {}): PruneStep => ({ ...run, now: new Date().toISOString(), batchEntries: 20, ...more });
const left = ({ tenantId }: MadeRun, condition = ours): Promise<number[]> => seqsWhere(stage.store, tenantId, condition);
const pause = (run: MadeRun): Promise<unknown> => stage.owner.query(`UPDATE retention_run SET state = 'paused' WHERE tenant_id = $1 AND id = $2`, [run.tenantId, run.runId]);

interface Written {
  readonly removed: string;
  readonly stones: readonly { number: number; first: number; last: number }[] | null;
}

async function writtenOf({ tenantId, runId }: MadeRun): Promise<Written | undefined> {
  const [row] = await queryAs<Written & Record<string, unknown>>(stage.store.pool, tenantId, {
    text: `SELECT r.removed, (SELECT json_agg(json_build_object('number', t.number, 'first', t.first_seq, 'last', t.last_seq) ORDER BY t.number) FROM tombstone t WHERE t.tenant_id = $1 AND t.run_id = $2) AS stones
      FROM retention_run r WHERE r.tenant_id = $1 AND r.id = $2`,
    values: [tenantId, runId],
  });
  return row;
}

interface SideBySide {
  readonly run: MadeRun;
  readonly follower?: Partial<PruneStep>;
  /** What the second does before it begins. */
  readonly passes?: (client: Client) => Promise<void>;
  /** Until then the first does not end. */
  readonly until?: () => Promise<void>;
}

/** As `prunePair` has them, but each with a step of its own. */
async function sideBySide({ run, follower = {}, passes = (client) => passGateBeside(asking(client), run.tenantId), until = () => Promise.resolve() }: SideBySide): Promise<PromiseSettledResult<PruneOutcome>[]> {
  let second: Promise<PruneOutcome> | undefined;
  const first = pruneBatch(stage.pruner, stepOf(run), {
    onNext: (place: BatchPlace) =>
      new Promise((resolve) => {
        second = inTenant(stage.pruner, run.tenantId, async (client) => {
          await passes(client);
          void until().then(resolve, resolve);
          return removeBehindGate(client, stepOf(run, follower), { place });
        });
        second.catch(() => undefined);
      }),
  });
  const [led] = await Promise.allSettled([first]);
  const [followed] = await Promise.allSettled([second ?? Promise.reject(new Error('there was no second'))]);
  return [led, followed];
}

describe('two batches side by side', () => {
  it('when both come to their end, then they have removed what two would one after the other, in the order of the plan', async () => {
    const run = await made();
    const [first = 0] = await left(run);

    expect(await prunePair(stage.pruner, stepOf(run))).toEqual({ kind: 'removed', removed: 40, kept: 0 });
    expect(await writtenOf(run)).toEqual({
      removed: '40',
      stones: [
        { number: 1, first, last: first + 19 },
        { number: 2, first: first + 20, last: first + 39 },
      ],
    });
    expect(await prunePair(stage.pruner, stepOf(run))).toEqual({ kind: 'removed', removed: 20, kept: 0 });
    expect(await prunePair(stage.pruner, stepOf(run))).toEqual({ kind: 'done' });
    expect(await left(run)).toEqual([]);
  });

  it('when the second is the quicker, then it waits for its turn', async () => {
    const run = await made();
    const waits = async (): Promise<void> => {
      await eventually(async () => {
        const { rows } = await stage.owner.query(`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%retention_run%'`);
        return rows.length > 0;
      });
    };

    expect(await sideBySide({ run, until: waits })).toMatchObject([{ value: { removed: 20 } }, { value: { removed: 20 } }]);
  });

  it('when nothing of the first goes, then the second has a number of its own all the same, and what is kept is noted', async () => {
    const run = await made();
    const [first = 0] = await left(run);
    // The hold covers all of the first stretch, and a quarter of the others.
    await stage.owner.query(`ALTER TABLE entry DISABLE TRIGGER USER`);
    await stage.owner.query(`UPDATE entry SET share_id = 'held' WHERE tenant_id = $1 AND seq >= $2 AND seq < $3`, [run.tenantId, first, first + 20]);
    await stage.owner.query(`ALTER TABLE entry ENABLE TRIGGER USER`);
    granted(await makeHold({ ...stage.store, clock: stage.clock, ids: stage.ids }, officerOf(run.tenantId), { name: 'All', items: [{ scope_type: 'share', scope_id: 'held' }] }));

    expect(await prunePair(stage.pruner, stepOf(run))).toEqual({ kind: 'removed', removed: 15, kept: 25 });
    expect(await prunePair(stage.pruner, stepOf(run))).toEqual({ kind: 'removed', removed: 15, kept: 5 });
    expect((await writtenOf(run))?.stones?.map(({ number }) => number)).toEqual([2, 3]);
    expect(await left(run, `share_id = 'free'`)).toEqual([]);
  });

  it('when the first breaks, then nothing of the second stays, however far it was', async () => {
    const run = await made();
    const results = await sideBySide({
      run,
      passes: async (client) => {
        await passGateBeside(asking(client), run.tenantId);
        await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()');
      },
    });

    expect(results).toMatchObject([{ status: 'rejected' }, { status: 'rejected', reason: { message: `the run ${run.runId} does not stand where this batch began` } }]);
    expect(await left(run)).toHaveLength(entries);
    expect(await prunePair(stage.pruner, stepOf(run))).toMatchObject({ removed: 40 });
  });

  it('when the run is paused while both are under way, then the first is the last: nothing goes after the answer', async () => {
    const run = await made();
    let pausing: Promise<unknown> | undefined;
    const results = await sideBySide({
      run,
      follower: {
        afterHoldsWereRead: async () => {
          pausing = pause(run);
          await pausing;
        },
      },
    });

    expect(results).toMatchObject([{ status: 'fulfilled', value: { kind: 'removed', removed: 20 } }, { status: 'rejected' }]);
    expect(pausing).toBeDefined();
    expect(await left(run)).toHaveLength(40);
    expect(await prunePair(stage.pruner, stepOf(run))).toEqual({ kind: 'not running', state: 'paused' });
  });

  it('when the run is to be paused while the second waits for its turn, then nobody waits in a circle', async () => {
    const run = await made();
    const waiters = (count: number): Promise<unknown> =>
      eventually(async () => {
        const { rows } = await stage.owner.query(`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%retention_run%'`);
        return rows.length >= count;
      });
    let pausing: Promise<unknown> | undefined;
    const results = await sideBySide({
      run,
      async until() {
        // As the API locks it: against everybody, whoever only names the run included.
        pausing = inTenant(stage.store.pool, run.tenantId, async (client) => {
          await client.query('SELECT FROM retention_run WHERE tenant_id = $1 AND id = $2 FOR UPDATE', [run.tenantId, run.runId]);
          await client.query(`UPDATE retention_run SET state = 'paused' WHERE tenant_id = $1 AND id = $2`, [run.tenantId, run.runId]);
        });
        await waiters(2);
      },
    });
    await pausing;

    expect(results).toMatchObject([{ value: { removed: 20 } }, { value: { removed: 20 } }]);
    expect(await prunePair(stage.pruner, stepOf(run))).toEqual({ kind: 'not running', state: 'paused' });
    expect(await left(run)).toHaveLength(20);
  });

  it('when a hold comes after the first has ended, then it waits for the second; had that not passed the gate, what is held would go', async () => {
    const outcomes: { gate: boolean; lost: number }[] = [];
    for (const gate of [true, false]) {
      const run = await made();
      let placing: Promise<number[]> | undefined;
      await sideBySide({
        run,
        passes: (client) => (gate ? passGateBeside(asking(client), run.tenantId) : Promise.resolve()),
        follower: {
          afterHoldsWereRead: async () => {
            const item = { scope_type: 'share' as const, scope_id: 'held' };
            placing = makeHold({ ...stage.store, clock: stage.clock, ids: stage.ids }, officerOf(run.tenantId), { name: 'Late', items: [item] }).then(() => left(run, `share_id = 'held'`));
            await Promise.race([placing, delay(250)]);
          },
        },
      });
      const atAnswer = (await placing) ?? [];
      const atEnd = await left(run, `share_id = 'held'`);
      outcomes.push({ gate, lost: atAnswer.filter((seq) => !atEnd.includes(seq)).length });
    }

    expect(outcomes).toEqual([
      { gate: true, lost: 0 },
      { gate: false, lost: 5 },
    ]);
  });

  it('when somebody else passes the gate meanwhile, then they wait for the second too', async () => {
    const run = await made();
    let other: Promise<PruneOutcome> | undefined;
    const results = await sideBySide({
      run,
      follower: {
        afterHoldsWereRead: async () => {
          other = pruneBatch(stage.pruner, stepOf(run));
          await Promise.race([other, delay(250)]);
        },
      },
    });

    expect(results).toMatchObject([{ value: { removed: 20 } }, { value: { removed: 20 } }]);
    expect(await other).toMatchObject({ kind: 'removed', removed: 20 });
    expect(await writtenOf(run)).toMatchObject({ removed: String(entries), stones: [{ number: 1 }, { number: 2 }, { number: 3 }] });
  });

  it('when there is no connection for a second, then the first goes alone', async () => {
    const run = await made();
    const { connectionString: url } = stage.pruner.options;
    const alone = createPool({ url: String(url), max: 1 });
    try {
      expect(await prunePair(alone, stepOf(run))).toEqual({ kind: 'removed', removed: 20, kept: 0 });
    } finally {
      await alone.end();
    }
  });
});
