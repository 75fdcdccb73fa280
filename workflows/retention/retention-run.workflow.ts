// Carries one run from its row to its certificate: prunes while the row says so, waits while it does not, and certifies the end.
import { condition, continueAsNew, defineSignal, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import type { RetentionActivities } from '../../activities/retention/retention.activities.ts';
import type { JobState } from '../../domain/job/job.ts';
import { bulkTaskQueue } from '../job/bulk-queue.ts';
import { carryJob } from '../job/carry-job.ts';
import { retentionRunCarrier, runChangedSignal } from './retention-run.messages.ts';
import type { RetentionRunInput } from './retention-run.messages.ts';

export function retentionRun(input: RetentionRunInput): Promise<JobState> {
  let told = false;
  setHandler(defineSignal(runChangedSignal), () => {
    told = true;
  });
  return carryJob({
    kind: retentionRunCarrier.kind,
    input,
    work: async ({ tenantId, jobId: runId }) => {
      for (;;) {
        told = false;
        const { state, failure, lookAgainMs } = await pruning.pruneRun({ tenantId, runId });
        if (state === 'over') {
          const { outcome, removed } = await certifying.certifyRun({ tenantId, runId, failure });
          return { outcome, removed };
        }
        if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof retentionRun>(input);
        await condition(() => told, lookAgainMs ?? '1h');
      }
    },
  });
}

/** Hours of batches; where it stands is in the row, so an attempt that ends loses one batch at most. */
const pruning = proxyActivities<Pick<RetentionActivities, 'pruneRun'>>({
  taskQueue: bulkTaskQueue,
  startToCloseTimeout: '12h',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
});

const certifying = proxyActivities<Pick<RetentionActivities, 'certifyRun'>>({
  startToCloseTimeout: '2m',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
});
