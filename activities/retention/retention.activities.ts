// Carries a run out in batches, and certifies its end.
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { createPartFiles } from '../../db/parts/part-files.ts';
import { beginRun } from '../../db/retention/begin-run.ts';
import { certifyRun } from '../../db/retention/certify-run.ts';
import type { Certified } from '../../db/retention/certify-run.ts';
import { leaveViews } from '../../db/retention/leave-views.ts';
import { pauseForPin, waitsForPin } from '../../db/retention/wait-for-pin.ts';
import { formatInstant } from '../../domain/shared/instant.ts';
import type { ActivityWorld } from '../world.ts';
import { completeFolder } from './archive-folder.ts';
import { carryRun } from './carry-run.ts';
import type { CarriedSoFar } from './carry-run.ts';

export interface RunOfWorkflow {
  readonly tenantId: string;
  readonly runId: string;
}

export interface RetentionActivities {
  /** Run again, or twice at once, it goes on after what the row of the run says. */
  pruneRun(run: RunOfWorkflow): Promise<CarriedSoFar>;
  certifyRun(run: RunOfWorkflow & { readonly failure: string | null }): Promise<Certified>;
}

/** Exports take minutes; nobody tells a run that one is over. */
const pinLookMs = 30_000;

export function createRetentionActivities(world: Pick<ActivityWorld, 'pool' | 'pruner' | 'clock' | 'ids' | 'signer' | 'filesDir' | 'retentionBatch'>): RetentionActivities {
  const { pool, pruner, clock } = world;
  const files = createPartFiles(world.filesDir);
  return {
    async pruneRun({ tenantId, runId }) {
      if (pruner === undefined) throw ApplicationFailure.create({ message: 'this worker has no login of the pruner', type: 'NoPruner' });
      const context = Context.current();
      const now = formatInstant(clock.nowMs() * 1000);
      await beginRun(pool, { tenantId, runId }, now);
      for (let left: boolean | 'pinned' = true; left; ) {
        left = await leaveViews(pruner, { tenantId, runId });
        context.heartbeat('views');
        if (left !== 'pinned') continue;
        await pauseForPin(pool, { tenantId, runId });
        return { state: 'waiting', failure: null, lookAgainMs: pinLookMs };
      }
      let beats = 0;
      const carried = await carryRun({ ...world, pruner, files }, {
        tenantId,
        runId,
        now,
        ...(world.retentionBatch === undefined ? {} : { batchEntries: world.retentionBatch }),
        onProgress() {
          context.cancellationSignal.throwIfAborted();
          beats += 1;
          context.heartbeat(beats);
        },
      });
      if (carried.state === 'waiting' && (await waitsForPin(pool, { tenantId, runId }))) return { ...carried, lookAgainMs: pinLookMs };
      return carried;
    },
    async certifyRun({ failure, ...run }) {
      const certified = await certifyRun(world, run, { failure });
      await completeFolder({ ...world, files }, run);
      return certified;
    },
  };
}
