// Carries one summary from its row to a text that was checked: asks the model, once more after a failure or a lie, and then gives up.
import { proxyActivities } from '@temporalio/workflow';
import type { SummaryActivities } from '../../activities/summary/summary.activities.ts';
import { egressTaskQueue } from './event-summary.messages.ts';
import type { EventSummaryInput, EventSummaryResult } from './event-summary.messages.ts';

export async function eventSummary({ tenantId, summaryId }: EventSummaryInput): Promise<EventSummaryResult> {
  for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
    const { outcome } = await asking.askModel({ tenantId, summaryId });
    if (outcome === 'answered' || outcome === 'over') return { outcome };
  }
  await rows.giveUp({ tenantId, summaryId });
  return { outcome: 'given up' };
}

const mostAttempts = 2;

/** What the provider does wrong comes back as a value; tried again is what we could not do. */
const asking = proxyActivities<Pick<SummaryActivities, 'askModel'>>({
  taskQueue: egressTaskQueue,
  startToCloseTimeout: '40s',
  scheduleToCloseTimeout: '2m',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

const rows = proxyActivities<Pick<SummaryActivities, 'giveUp'>>({
  startToCloseTimeout: '10s',
  scheduleToCloseTimeout: '2m',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' },
});
