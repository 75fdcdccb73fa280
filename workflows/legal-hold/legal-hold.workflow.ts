// Follows one hold from its row to its release: counts what it protects, and reminds when its end date has come. It decides nothing.
import { condition, continueAsNew, defineSignal, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import type { LegalHoldActivities } from '../../activities/legal-hold/legal-hold.activities.ts';
import type { JobState } from '../../domain/job/job.ts';
import { carryJob } from '../job/carry-job.ts';
import { holdChangedSignal, legalHoldCarrier } from './legal-hold.messages.ts';
import type { LegalHoldInput } from './legal-hold.messages.ts';

export function legalHold(input: LegalHoldInput): Promise<JobState> {
  let told = false;
  setHandler(defineSignal(holdChangedSignal), () => {
    told = true;
  });
  return carryJob({
    kind: legalHoldCarrier.kind,
    input,
    work: async ({ tenantId, jobId }) => {
      for (;;) {
        told = false;
        const { state, nextLookMs } = await holds.lookAtHold({ tenantId, holdId: jobId });
        if (state !== 'active') return { outcome: state };
        if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof legalHold>(input);
        await condition(() => told, nextLookMs);
      }
    },
  });
}

/** A count over a long log takes its time; it is made of short statements, and beats between them. */
const holds = proxyActivities<LegalHoldActivities>({
  startToCloseTimeout: '30m',
  heartbeatTimeout: '1m',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5m' },
});
