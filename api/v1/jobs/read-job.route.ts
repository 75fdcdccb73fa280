// GET /api/v1/admin/jobs/{id}: one job, and how it stands.
import { z } from 'zod';
import { readVisibleJob } from '../../../db/job/read-jobs.ts';
import { producerId } from '../../../domain/shared/ids.ts';
import { refuse } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { jobReply, showJob } from './job-reply.ts';

export const readJobRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/admin/jobs/{id}',
  summary: 'Read a job',
  tag: 'jobs',
  access: { anyScope: ['tenant:admin'] },
  params: z.strictObject({ id: producerId }),
  reply: jobReply,
  refusals: ['NOT_FOUND'],
  async handle({ params: { id }, principal }, world) {
    const job = await readVisibleJob(world.pool, principal, id);
    return job === null ? refuse('NOT_FOUND') : showJob(job);
  },
});
