// GET /api/v1/admin/jobs: the jobs of the tenant, the newest first.
import { z } from 'zod';
import { listVisibleJobs } from '../../../db/job/read-jobs.ts';
import { jobStates } from '../../../domain/job/job.ts';
import { jobKinds } from '../../../domain/job/kinds.ts';
import { isRefusal } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { listQuery, pageAsked, pageFields, pageShown } from '../../route/list-page.ts';
import { jobReply, showJob } from './job-reply.ts';

export const listJobsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/admin/jobs',
  summary: 'List jobs, the newest first',
  description: 'Jobs of the installation are listed when their kind is asked for.',
  tag: 'jobs',
  access: { anyScope: ['tenant:admin'] },
  query: z.strictObject({ ...listQuery.shape, state: z.enum(jobStates).optional(), kind: z.enum(jobKinds).optional() }),
  reply: z.strictObject({ jobs: z.array(jobReply), ...pageFields }),
  refusals: ['CURSOR_INVALID', 'FORBIDDEN'],
  async handle({ query, principal }, world) {
    const asked = pageAsked(query);
    if (isRefusal(asked)) return asked;
    const page = await listVisibleJobs(world.pool, principal, { ...asked, state: query.state ?? null, kind: query.kind ?? null });
    if (isRefusal(page)) return page;
    return { jobs: page.rows.map(showJob), ...pageShown(page, query) };
  },
});
