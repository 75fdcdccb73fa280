// A job as it is shown.
import { z } from 'zod';
import { jobStates } from '../../../domain/job/job.ts';
import type { Job } from '../../../domain/job/job.ts';

export const jobReply = z.strictObject({
  id: z.string(),
  kind: z.string(),
  state: z.enum(jobStates),
  requested_by: z.string(),
  scheduled_for: z.string().nullable(),
  created_at: z.string(),
  started_at: z.string().nullable(),
  finished_at: z.string().nullable(),
  result: z.record(z.string(), z.json()).nullable(),
  error: z.string().nullable(),
});
export type JobReply = z.output<typeof jobReply>;

export function showJob(job: Job): JobReply {
  return {
    id: job.id,
    kind: job.kind,
    state: job.state,
    requested_by: job.requestedBy,
    scheduled_for: job.scheduledFor,
    created_at: job.createdAt,
    started_at: job.startedAt,
    finished_at: job.finishedAt,
    result: job.result as JobReply['result'],
    error: job.error,
  };
}
