// One batch of a removal: gate, run, holds, tombstone, floors, deletion and progress in one transaction, by the pruner's own role.
import { asking } from '../access/ask.ts';
import { passGate } from '../held/gate.ts';
import type { Client, Pool } from '../pool.ts';
import { inTenant } from '../tenant-transaction.ts';
import { findStretch, withinSql } from './batch-stretch.ts';
import type { BatchStretch } from './batch-stretch.ts';
import { lookThrough } from './look-through.ts';
import { defaultBatchEntries, moveFloor, openBehindGate } from './open-batch.ts';
import type { BatchStep, NoBatch } from './open-batch.ts';

export type PruneStep = BatchStep;
export type PruneOutcome = { readonly kind: 'removed'; readonly removed: number; readonly kept: number } | NoBatch;

export function pruneBatch(pool: Pool, step: PruneStep): Promise<PruneOutcome> {
  return inTenant(pool, step.tenantId, async (client) => {
    await passGate(asking(client), step.tenantId);
    return removeBehindGate(client, step);
  });
}

/** Behind the gate only, and in statements of their own: the holds read here are those that are in force until this transaction ends. */
export async function removeBehindGate(client: Client, step: PruneStep): Promise<PruneOutcome> {
  const { tenantId, runId, batchEntries = defaultBatchEntries } = step;
  const ask = asking(client);
  const batch = await openBehindGate(ask, step);
  if (batch.kind !== 'open') return batch;
  // What a batch has looked at is more than the usual memory of a statement, and would be written to a file.
  await ask({ name: 'prune-run', text: `SELECT set_config('holdfast.prune_run', $1, true) AS run, set_config('work_mem', '32MB', true) AS memory`, values: [runId] });
  const stretch = await findStretch(ask, { tenantId, runId, batch, batchEntries });
  const { going, kept, lastGoing, stone } = await lookThrough(ask, { step, batch, stretch });
  if (stone !== null) await removeWhatTheStoneNames(client, { stretch, stone, going });

  await ask({
    name: 'run-goes-on',
    text: 'UPDATE retention_run SET removed = removed + $3, next_part = $4, after_seq = $5 WHERE tenant_id = $1 AND id = $2',
    values: [tenantId, runId, going, stretch.next.part, stretch.next.afterSeq],
  });
  // The head's row is what appends wait for: it is touched last.
  if (lastGoing !== null) await moveFloor(ask, { tenantId, seq: lastGoing });
  return { kind: 'removed', removed: going, kept };
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
