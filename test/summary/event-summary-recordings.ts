// The stories of the workflow that carries a summary.
import { pino } from 'pino';
import { startWorker } from '../../activities/start-worker.ts';
import type { ModelReply } from '../../activities/summary/model-door.ts';
import { askForSummary } from '../../db/summary/summaries.ts';
import { eventSummaryTaskQueue, eventSummaryWorkflowId, eventSummaryWorkflowType, egressTaskQueue } from '../../workflows/summary/event-summary.messages.ts';
import type { JobInstallation } from '../job/job-installation.ts';
import type { Recording } from '../job/recording.ts';
import { page } from './made-input.ts';

const truth: ModelReply = { kind: 'text', text: '@[user:u_ann:Ann Example] uploaded 3 files.' };
const lie: ModelReply = { kind: 'text', text: '@[user:u_zoe:Zoe Stranger] uploaded 99 files.' };
const failure: ModelReply = { kind: 'failed', why: 'status 500' };

export const eventSummaryRecordings: readonly Recording[] = [
  { name: 'event-summary.answered', play: (here) => play(here, [truth]) },
  { name: 'event-summary.answered-at-last', play: (here) => play(here, [lie, truth]) },
  { name: 'event-summary.given-up', play: (here) => play(here, [failure, lie]) },
];

async function play(here: JobInstallation, replies: readonly ModelReply[]): Promise<string> {
  const left = [...replies];
  const model = { ask: () => Promise.resolve(left.shift() ?? failure) };
  const carrying = { temporalAddress: here.address, namespace: here.namespace, world: { ...here.world, model }, log: pino({ level: 'silent' }), graceMs: 500 };
  const worker = await startWorker({ ...carrying, taskQueue: egressTaskQueue, carries: 'activities' });
  try {
    const summary = { tenantId: 'demo', summaryId: 'recorded' };
    await askForSummary(here.world.pool, { tenantId: 'demo', id: 'recorded' }, page);
    const workflowId = eventSummaryWorkflowId(summary);
    await here.temporal.workflow.execute(eventSummaryWorkflowType, { workflowId, taskQueue: eventSummaryTaskQueue, args: [summary] });
    return workflowId;
  } finally {
    await worker.stop();
  }
}
