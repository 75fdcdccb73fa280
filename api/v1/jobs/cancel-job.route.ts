// POST /api/v1/admin/jobs/{id}/cancel: ends a job that has not ended.
import { z } from 'zod';
import { cancelJob } from '../../../db/job/ask-for-job.ts';
import { producerId } from '../../../domain/shared/ids.ts';
import { isRefusal } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { jobReply, showJob } from './job-reply.ts';

export const cancelJobRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/admin/jobs/{id}/cancel',
  summary: 'Cancel a job',
  description: 'Takes effect with the answer, also while Temporal is away. Cancelling what is cancelled changes nothing.',
  tag: 'jobs',
  access: { anyScope: ['tenant:admin'] },
  ownAction: { action: 'cancel_job' },
  params: z.strictObject({ id: producerId }),
  reply: jobReply,
  refusals: ['NOT_FOUND', 'CONFLICT'],
  async handle({ params: { id }, principal, requestId }, world) {
    const job = await cancelJob(world, { principal, requestId }, id);
    if (isRefusal(job)) return job;
    world.jobStarter.cancelSoon(job);
    return showJob(job);
  },
});
