// Guards that a hold cannot be raced: what is in its scope when "placed" is answered stays, whatever run is under way. With what happens without the gate.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { asking } from '../../db/access/ask.ts';
import { closeGate } from '../../db/held/gate.ts';
import { makeHold } from '../../db/legal-hold/place-hold.ts';
import { pruneBatch, removeBehindGate } from '../../db/retention/prune-batch.ts';
import type { PruneStep } from '../../db/retention/prune-batch.ts';
import { prunePair } from '../../db/retention/prune-pair.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import type { HoldWish } from '../../domain/legal-hold/legal-hold.schema.ts';
import { eventually } from '../harness/eventually.ts';
import { isFullSize } from '../harness/fault-rounds.ts';
import { randomFrom } from '../harness/random-from.ts';
import { testSeed } from '../harness/seed.ts';
import { appendFacts, madeRun, seqsWhere } from '../retention/made-run.ts';
import type { MadeRun } from '../retention/made-run.ts';
import { stageRemovals } from '../retention/removal-stage.ts';
import type { RemovalStage } from '../retention/removal-stage.ts';
import { granted, officerOf } from './officers.ts';

const seed = testSeed();
const isFull = isFullSize();
const entries = 10_000;
/** Each round is a hold placed while a run over all these entries is under way; so many share a run. */
const holdsPerRun = 25;
const runs = isFull ? 120 : 1;

let stage: RemovalStage;
beforeAll(async () => {
  stage = await stageRemovals({ pruners: 3 });
});
afterAll(async () => {
  await stage.end();
});

const inScope = `share_id = 'held'`;

/** Where the machine is busy with something else no connection may be had in time: then nothing was placed, and it is asked for again, as an officer would. */
async function placeHold(tenantId: string, wish: HoldWish = { name: 'Race', items: [{ scope_type: 'share', scope_id: 'held' }] }): Promise<void> {
  const { clock, ids, store } = stage;
  for (let triesLeft = 10; ; triesLeft -= 1) {
    try {
      granted(await makeHold({ ...store, clock, ids }, officerOf(tenantId), wish));
      return;
    } catch (error) {
      if (triesLeft === 0 || !(error instanceof Error) || !/timeout exceeded when trying to connect|due to connection timeout/.test(error.message)) throw error;
    }
  }
}

function stepOf({ tenantId, runId }: MadeRun, more: Partial<PruneStep> = {}): PruneStep {
  return { tenantId, runId, now: new Date().toISOString(), batchEntries: 100, ...more };
}

async function runToTheEnd(run: MadeRun): Promise<number> {
  for (let removed = 0; ; ) {
    const outcome = await prunePair(stage.pruner, stepOf(run));
    if (outcome.kind === 'done') return removed;
    if (outcome.kind !== 'removed') throw new Error(outcome.kind);
    removed += outcome.removed;
  }
}

/** A quarter of the run is in the scopes of holds to come, scattered over all of it. */
const entriesPerShare = entries / 4 / holdsPerRun;
/** How long a run takes, roughly: holds are placed within it, and somewhat after. */
const runMs = 1_500;

function spread(random: () => number): { share_id: string }[] {
  const shares = Array.from({ length: entries }, (_, index) => (index < entries / 4 ? `share${String(index % holdsPerRun)}` : 'free'));
  for (let index = shares.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    [shares[index], shares[other]] = [shares[other] ?? '', shares[index] ?? ''];
  }
  return shares.map((share) => ({ share_id: share }));
}

const mixed = (count: number) => Array.from({ length: count }, (_, index) => ({ share_id: index % 3 === 0 ? 'held' : 'free' }));

describe('a hold placed while a run removes', () => {
  it(`when it is placed at any moment (${String(runs * holdsPerRun)} rounds, seed ${String(seed)}), then nothing of its scope goes after its answer, nothing else stays, and nobody waits for ever`, async () => {
    const { ids, store } = stage;
    const random = randomFrom(seed);
    const outcome = { rounds: 0, midway: 0, lost: 0, left: 0 };
    for (let index = 0; index < runs; index += 1) {
      const run = await madeRun({ store, ids, facts: spread(random) });
      const { tenantId } = run;
      const removal = runToTheEnd(run);
      const placing = Array.from({ length: holdsPerRun }, async (_, hold) => {
        await delay(random() * runMs);
        const share = `share${String(hold)}`;
        // Appends, and entries of the scope that come after the hold, go on meanwhile.
        const appending = appendFacts(store, { tenantId, ids, facts: [{ share_id: share }, { share_id: 'late' }] });
        await placeHold(tenantId, { name: share, items: [{ scope_type: 'share', scope_id: share }] });
        const atAnswer = await seqsWhere(store, tenantId, `share_id = '${share}'`);
        await appending;
        return { share, atAnswer };
      });
      const placed = await Promise.all(placing);
      await removal;
      outcome.rounds += placed.length;
      outcome.left += (await seqsWhere(store, tenantId, `share_id = 'free'`)).length;
      for (const { share, atAnswer } of placed) {
        const atEnd = new Set(await seqsWhere(store, tenantId, `share_id = '${share}'`));
        outcome.lost += atAnswer.filter((seq) => !atEnd.has(seq)).length;
        if (atEnd.size > 1 && atEnd.size < entriesPerShare) outcome.midway += 1;
      }
    }
    expect(outcome).toMatchObject({ rounds: runs * holdsPerRun, lost: 0, left: 0 });
    // The holds came in the middle of the removal often enough to mean something.
    expect(outcome.midway).toBeGreaterThan(runs);
  }, isFull ? 3_000_000 : 60_000);

  it('when the batch has read the holds already, then placing waits for it; without the gate it does not, and what it holds is gone', async () => {
    const { ids, store, pruner } = stage;
    const outcomes: { gate: boolean; lost: number }[] = [];
    for (const gate of [true, false]) {
      const run = await madeRun({ store, ids, facts: mixed(60) });
      const { tenantId } = run;
      let placing: Promise<number[]> | undefined;
      const step = stepOf(run, {
        batchEntries: 100,
        // The hold is answered before the batch goes on, if nothing keeps it from being placed.
        afterHoldsWereRead: async () => {
          placing = placeHold(tenantId).then(() => seqsWhere(store, tenantId, inScope));
          await Promise.race([placing, delay(250)]);
        },
      });
      await (gate ? pruneBatch(pruner, step) : inTenant(pruner, tenantId, (client) => removeBehindGate(client, step)));
      const atAnswer = (await placing) ?? [];
      const atEnd = await seqsWhere(store, tenantId, inScope);
      outcomes.push({ gate, lost: atAnswer.filter((seq) => !atEnd.includes(seq)).length });
    }
    expect(outcomes).toEqual([
      { gate: true, lost: 0 },
      { gate: false, lost: 20 },
    ]);
  });

  it('when the hold comes while the removal waits at the gate, then nothing held goes; waiting and deleting in one statement deletes what it waited for', async () => {
    const { ids, store, pruner, owner } = stage;
    const oneStatement = async ({ tenantId, runId }: MadeRun): Promise<void> => {
      await inTenant(pruner, tenantId, async (client) => {
        await client.query(`SELECT set_config('holdfast.prune_run', $1, true)`, [runId]);
        await client.query(
          `WITH gate AS MATERIALIZED (SELECT 1 FROM hold_gate WHERE tenant_id = $1 FOR SHARE)
           DELETE FROM entry e USING gate WHERE e.tenant_id = $1 AND e.share_id IS NOT NULL
             AND NOT EXISTS (SELECT FROM legal_hold_item i WHERE i.tenant_id = $1 AND i.released_at IS NULL AND e.share_id = ANY (i.scope_ids))`,
          [tenantId],
        );
      });
    };
    const outcomes: { form: string; held: number }[] = [];
    for (const form of ['statements', 'one statement']) {
      const run = await madeRun({ store, ids, facts: mixed(60) });
      const { tenantId } = run;
      let removing: Promise<unknown> | undefined;
      await inTenant(store.pool, tenantId, async (client) => {
        const ask = asking(client);
        await closeGate(ask, tenantId);
        removing = form === 'statements' ? pruneBatch(pruner, stepOf(run, { batchEntries: 100 })) : oneStatement(run);
        await eventually(async () => {
          const { rows } = await owner.query<{ waiting: string }>(
            `SELECT count(*) AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%hold_gate%'`,
          );
          return Number(rows[0]?.waiting) > 0;
        });
        await client.query(`INSERT INTO legal_hold (tenant_id, id, name, custodian_ids, created_by, created_at, updated_at) VALUES ($1, 'H', 'H', '{}', 'officer', now(), now())`, [tenantId]);
        await client.query(
          `INSERT INTO legal_hold_item (tenant_id, id, hold_id, scope_type, scope_ids, placed_by, placed_at, effective_seq) VALUES ($1, 'I', 'H', 'share', '{held}', 'officer', now(), 1)`,
          [tenantId],
        );
      });
      await removing;
      outcomes.push({ form, held: (await seqsWhere(store, tenantId, inScope)).length });
    }
    expect(outcomes).toEqual([
      { form: 'statements', held: 20 },
      { form: 'one statement', held: 0 },
    ]);
  });

  it('when the gate is not there, then nothing can be removed and nothing placed', async () => {
    const { ids, store, pruner, owner } = stage;
    const run = await madeRun({ store, ids, facts: mixed(9) });
    await owner.query('DELETE FROM hold_gate WHERE tenant_id = $1', [run.tenantId]);
    await expect(pruneBatch(pruner, stepOf(run))).rejects.toThrow('has no hold gate');
    await expect(placeHold(run.tenantId)).rejects.toThrow('has no hold gate');
    expect(await seqsWhere(store, run.tenantId, 'share_id IS NOT NULL')).toHaveLength(9);
  });
});
