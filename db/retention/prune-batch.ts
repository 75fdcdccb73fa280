// One batch of a removal: gate, run, holds, tombstone, deletion, progress and floors in one transaction, by the pruner's own role.
import { asking } from '../access/ask.ts';
import type { Ask } from '../access/ask.ts';
import { passGate } from '../held/gate.ts';
import type { Client, Pool } from '../pool.ts';
import { inTenant } from '../tenant-transaction.ts';
import { findStretch, withinSql } from './batch-stretch.ts';
import type { BatchStretch } from './batch-stretch.ts';
import { leaveMarks } from './leave-marks.ts';
import { lookThrough } from './look-through.ts';
import { defaultBatchEntries, moveFloor, openBehindGate } from './open-batch.ts';
import type { BatchPlace, BatchStep, NoBatch } from './open-batch.ts';

export type PruneStep = BatchStep;
export type PruneOutcome = { readonly kind: 'removed'; readonly removed: number; readonly kept: number } | NoBatch;

export interface BesideBatch {
  /** Where this one begins; without it, where the run stands. */
  readonly place?: BatchPlace;
  /** Told where the next one begins as soon as that is known; this one does not end before the answer. */
  readonly onNext?: (next: BatchPlace) => Promise<void>;
}

/** The run does not stand where the batch began: somebody paused it, or the batch before was undone. */
export class NotItsTurn extends Error {}

export function pruneBatch(pool: Pool, step: PruneStep, beside: Pick<BesideBatch, 'onNext'> = {}): Promise<PruneOutcome> {
  return inTenant(pool, step.tenantId, async (client) => {
    await passGate(asking(client), step.tenantId);
    return removeBehindGate(client, step, beside);
  });
}

/** Behind the gate only, and in statements of their own: the holds read here are those that are in force until this transaction ends. */
export async function removeBehindGate(client: Client, step: PruneStep, { place, onNext }: BesideBatch = {}): Promise<PruneOutcome> {
  const { tenantId, runId, batchEntries = defaultBatchEntries } = step;
  const ask = asking(client);
  const batch = await openBehindGate(ask, step, place);
  if (batch.kind !== 'open') return batch;
  const nextStone = await prepare(ask, { tenantId, runId });
  const stone = place?.stone ?? nextStone;
  const stretch = await findStretch(ask, { tenantId, runId, batch, batchEntries });
  const besideIsIn = onNext?.({ ...stretch.next, stone: stone + 1 });
  const { going, kept, lastGoing, marks } = await lookThrough(ask, { step, batch, stretch, stone });
  if (going > 0) await removeWhatTheStoneNames(client, { stretch, stone, going });
  await besideIsIn;

  // Waited for in a statement of its own: by the one that changes the run, the run would be looked at as it was before the wait.
  if (place !== undefined) await awaitTurn(ask, { tenantId, runId });
  await goOn(ask, { tenantId, runId, going, from: { part: batch.run.next_part, afterSeq: batch.run.after_seq }, to: stretch.next });
  await leaveMarks(ask, tenantId, marks);
  // The head's row is what appends wait for: it is touched last.
  if (lastGoing !== null) await moveFloor(ask, { tenantId, seq: lastGoing });
  return { kind: 'removed', removed: going, kept };
}

/** What a batch has looked at is more than the usual memory of a statement, and would be written to a file. Answers the number of the next tombstone. */
async function prepare(ask: Ask, { tenantId, runId }: { tenantId: string; runId: string }): Promise<number> {
  const [row] = await ask<{ stone: number }>({
    name: 'prune-run',
    text: `SELECT set_config('holdfast.prune_run', $2, true) AS run, set_config('work_mem', '32MB', true) AS memory,
        (SELECT coalesce(max(t.number), 0) + 1 FROM tombstone t WHERE t.tenant_id = $1 AND t.run_id = $2) AS stone`,
    values: [tenantId, runId],
  });
  return row?.stone ?? 1;
}

/** Nothing is judged again: were a row gone that the tombstone names, or there that it does not, all of the batch is undone. */
async function removeWhatTheStoneNames(client: Client, { stretch: { values }, stone, going }: { stretch: BatchStretch; stone: number; going: number }): Promise<void> {
  // $3 and $4 are of the plan and not needed here; the database wants to know their types all the same.
  const { rowCount } = await client.query(
    `DELETE FROM entry e WHERE ${withinSql} AND $3::text IS NOT NULL AND $4::int IS NOT NULL
      AND e.seq <@ (SELECT range_agg(t.seqs) FROM tombstone t WHERE t.tenant_id = $1 AND t.run_id = $2 AND t.number = $9)`,
    [...values, stone],
  );
  if (rowCount !== going) throw new Error(`a tombstone names ${String(going)} entries, and ${String(rowCount)} of them could be removed`);
}

/** Until the batch before has ended, however it ends. */
async function awaitTurn(ask: Ask, { tenantId, runId }: { tenantId: string; runId: string }): Promise<void> {
  await ask({ name: 'turn-of-batch', text: 'SELECT FROM retention_run WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE', values: [tenantId, runId] });
}

interface Progress {
  readonly tenantId: string;
  readonly runId: string;
  readonly going: number;
  readonly from: Pick<BatchPlace, 'part' | 'afterSeq'>;
  readonly to: Pick<BatchPlace, 'part' | 'afterSeq'>;
}

/** Only from where the batch began, in a run that is under way: batches end in the order of the plan, whichever of them was quicker. */
async function goOn(ask: Ask, { tenantId, runId, going, from, to }: Progress): Promise<void> {
  const moved = await ask({
    name: 'run-goes-on',
    text: `UPDATE retention_run SET removed = removed + $3, next_part = $4, after_seq = $5
      WHERE tenant_id = $1 AND id = $2 AND state = 'running' AND next_part = $6 AND after_seq = $7 RETURNING 1 AS moved`,
    values: [tenantId, runId, going, to.part, to.afterSeq, from.part, from.afterSeq],
  });
  if (moved.length !== 1) throw new NotItsTurn(`the run ${runId} does not stand where this batch began`);
}
