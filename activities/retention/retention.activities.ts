// Carries a run out in batches, and certifies its end.
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { beginRun } from '../../db/retention/begin-run.ts';
import { certifyRun } from '../../db/retention/certify-run.ts';
import type { Certified } from '../../db/retention/certify-run.ts';
import { pruneBatch } from '../../db/retention/prune-batch.ts';
import { formatInstant } from '../../domain/shared/instant.ts';
import type { ActivityWorld } from '../world.ts';

export interface RunOfWorkflow {
  readonly tenantId: string;
  readonly runId: string;
}

export interface PrunedSoFar {
  /** `waiting` until somebody approves or resumes; `over` when nothing more will go. */
  readonly state: 'waiting' | 'over';
  readonly failure: string | null;
}

export interface RetentionActivities {
  /** Run again, or twice at once, it goes on after what the row of the run says. */
  pruneRun(run: RunOfWorkflow): Promise<PrunedSoFar>;
  certifyRun(run: RunOfWorkflow & { readonly failure: string | null }): Promise<Certified>;
}

export function createRetentionActivities(world: Pick<ActivityWorld, 'pool' | 'pruner' | 'clock' | 'ids' | 'signer'>): RetentionActivities {
  const { pool, pruner, clock } = world;
  return {
    async pruneRun({ tenantId, runId }) {
      if (pruner === undefined) throw ApplicationFailure.create({ message: 'this worker has no login of the pruner', type: 'NoPruner' });
      const context = Context.current();
      const now = formatInstant(clock.nowMs() * 1000);
      await beginRun(pool, { tenantId, runId }, now);
      for (let removed = 0; ; ) {
        context.cancellationSignal.throwIfAborted();
        const outcome = await pruneBatch(pruner, { tenantId, runId, now });
        if (outcome.kind === 'done') return { state: 'over', failure: null };
        if (outcome.kind === 'policy changed') return { state: 'over', failure: 'the policy was changed while the run was under way' };
        if (outcome.kind === 'not running') {
          const isWaiting = outcome.state === 'paused' || outcome.state === 'awaiting_approval' || outcome.state === 'queued';
          return { state: isWaiting ? 'waiting' : 'over', failure: null };
        }
        removed += outcome.removed;
        context.heartbeat(removed);
      }
    },
    certifyRun: ({ failure, ...run }) => certifyRun(world, run, { failure }),
  };
}
