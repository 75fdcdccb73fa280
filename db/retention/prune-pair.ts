// Two batches of a run side by side: the second looks through what comes next while the first is under way, and ends behind it.
import { asking } from '../access/ask.ts';
import { passGateBeside } from '../held/gate.ts';
import type { Pool } from '../pool.ts';
import { inTenant } from '../tenant-transaction.ts';
import type { BatchPlace } from './open-batch.ts';
import { NotItsTurn, pruneBatch, removeBehindGate } from './prune-batch.ts';
import type { PruneOutcome, PruneStep } from './prune-batch.ts';

/**
 * Both are over when it answers, so that between two pairs whoever places a hold gets through the gate.
 * What keeps the second from its turn is seen, and told, by the first of the next pair.
 */
export async function prunePair(pool: Pool, step: PruneStep): Promise<PruneOutcome> {
  let following: Promise<PruneOutcome | null> = Promise.resolve(null);
  const leading = pruneBatch(pool, step, {
    async onNext(next) {
      // A batch that waited here for a connection could wait for others that do the same.
      if (!hasConnection(pool)) return;
      await new Promise<void>((resolve) => {
        following = follow(pool, { step, place: next, onIn: resolve }).finally(resolve);
        // Looked at below, when the first is over.
        following.catch(() => undefined);
      });
    },
  });
  const [first] = await Promise.allSettled([leading]);
  const [second] = await Promise.allSettled([following]);
  if (first.status === 'rejected') throw first.reason;
  if (second.status === 'rejected') throw second.reason;
  if (first.value.kind !== 'removed' || second.value?.kind !== 'removed') return first.value;
  return { kind: 'removed', removed: first.value.removed + second.value.removed, kept: first.value.kept + second.value.kept };
}

interface Following {
  readonly step: PruneStep;
  readonly place: BatchPlace;
  /** Called once it has passed the gate. */
  readonly onIn: () => void;
}

/** Null when it was not its turn. */
async function follow(pool: Pool, { step, place, onIn }: Following): Promise<PruneOutcome | null> {
  try {
    return await inTenant(pool, step.tenantId, async (client) => {
      await passGateBeside(asking(client), step.tenantId);
      onIn();
      return removeBehindGate(client, step, { place });
    });
  } catch (error) {
    if (error instanceof NotItsTurn) return null;
    throw error;
  }
}

function hasConnection({ idleCount, totalCount, waitingCount, options }: Pool): boolean {
  return waitingCount === 0 && (idleCount > 0 || totalCount < options.max);
}
