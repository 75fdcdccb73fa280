// The stories of the workflow that makes partitions ahead of time.
import { installationTenant } from '../../domain/job/kinds.ts';
import { jobWorkflowId } from '../../domain/job/workflow-ids.ts';
import { playSchedule } from '../job/recording.ts';
import type { Recording } from '../job/recording.ts';

export const partitionsRecordings: readonly Recording[] = [
  {
    name: 'partitions-ahead.completed',
    async play(here) {
      const job = await here.ask('demo', 'partitions_ahead');
      await here.rounds()();
      await here.temporal.workflow.getHandle(jobWorkflowId(job)).result();
      return jobWorkflowId(job);
    },
  },
  {
    name: 'partitions-ahead.scheduled',
    async play(here) {
      await here.rounds()();
      return playSchedule(here, `holdfast:partitions_ahead:${installationTenant}`);
    },
  },
];
