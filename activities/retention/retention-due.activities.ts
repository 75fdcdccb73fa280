// Starts the run of a policy whose time has come.
import { Context } from '@temporalio/activity';
import { startDueRun } from '../../db/retention/start-due-run.ts';
import type { DueOutcome } from '../../domain/retention/due-outcome.ts';
import type { ActivityWorld } from '../world.ts';

export interface RetentionDueActivities {
  /** Run again, it finds the run of this time and starts no other. */
  startDueRun(job: { readonly tenantId: string; readonly jobId: string }): Promise<DueOutcome>;
}

export function createRetentionDueActivities(world: Pick<ActivityWorld, 'pool' | 'clock' | 'ids'>): RetentionDueActivities {
  return {
    startDueRun(job) {
      const context = Context.current();
      let parts = 0;
      return startDueRun(world, {
        ...job,
        onPart() {
          context.cancellationSignal.throwIfAborted();
          parts += 1;
          context.heartbeat(parts);
        },
      });
    },
  };
}
