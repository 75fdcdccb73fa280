// The stories of the workflow that signs the head of a log.
import { isOpen } from '../../domain/job/job.ts';
import { jobWorkflowId } from '../../domain/job/workflow-ids.ts';
import { holdTable, playSchedule } from '../job/recording.ts';
import type { Recording } from '../job/recording.ts';
import { eventually } from '../harness/eventually.ts';
import { appendEntries } from './append-entries.ts';
import { tamper } from './tamper.ts';

const tenantId = 'demo';
const signing = { table: 'checkpoint', mode: 'ACCESS EXCLUSIVE' };

export const checkpointRecordings: readonly Recording[] = [
  {
    name: 'checkpoint.completed',
    async play(here) {
      const job = await here.ask(tenantId);
      await here.rounds()();
      await here.temporal.workflow.getHandle(jobWorkflowId(job)).result();
      return jobWorkflowId(job);
    },
  },
  {
    name: 'checkpoint.scheduled',
    async play(here) {
      await here.rounds()();
      return playSchedule(here, `holdfast:checkpoint:${tenantId}`);
    },
  },
  {
    name: 'checkpoint.failed',
    async play(here) {
      await appendEntries(here.store, { tenantId, count: 9 });
      await tamper(here.database, [`DELETE FROM entry WHERE tenant_id = '${tenantId}' AND seq = 7`]);
      const job = await here.ask(tenantId);
      await here.rounds()();
      await here.until(job, (now) => !isOpen(now));
      await eventually(async () => (await here.temporal.workflow.getHandle(jobWorkflowId(job)).describe()).status.name === 'FAILED');
      return jobWorkflowId(job);
    },
  },
  {
    name: 'checkpoint.cancelled-while-running',
    async play(here) {
      const letGo = await holdTable(here.database, signing);
      const job = await here.ask(tenantId);
      await here.rounds()();
      await here.until(job, ({ state }) => state === 'running');
      await here.cancel(job);
      const handle = here.temporal.workflow.getHandle(jobWorkflowId(job));
      await handle.cancel();
      await eventually(async () => (await handle.describe()).status.name === 'CANCELLED');
      await letGo();
      return jobWorkflowId(job);
    },
  },
  {
    name: 'checkpoint.cancelled-before',
    async play(here) {
      const job = await here.ask(tenantId);
      await here.cancel(job);
      const workflowId = jobWorkflowId(job);
      await here.temporal.workflow.start('checkpoint', { workflowId, taskQueue: 'core', args: [{ tenantId, jobId: job.id }] });
      await here.temporal.workflow.getHandle(workflowId).result();
      return workflowId;
    },
  },
  {
    name: 'checkpoint.running',
    async play(here) {
      await holdTable(here.database, signing);
      const job = await here.ask(tenantId);
      await here.rounds()();
      await here.until(job, ({ state }) => state === 'running');
      return jobWorkflowId(job);
    },
  },
];
