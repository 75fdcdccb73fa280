// POST /api/v1/admin/jobs: asks for a job; it is carried out as soon as a worker can.
import { z } from 'zod';
import { askForJob } from '../../../db/job/ask-for-job.ts';
import { askableJobKinds } from '../../../domain/job/kinds.ts';
import { isRefusal } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { jobReply, showJob } from './job-reply.ts';

export const startJobRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/admin/jobs',
  summary: 'Ask for a job',
  description:
    '`checkpoint` signs the head of the log. `partitions_ahead` makes the partitions of the months to come; it belongs to the installation and needs `admin:*`. While Temporal is away the job is kept and waits.',
  tag: 'jobs',
  access: { anyScope: ['tenant:admin'] },
  ownAction: { action: 'start_job' },
  body: z.strictObject({ kind: z.enum(askableJobKinds) }),
  reply: jobReply,
  status: 202,
  refusals: ['FORBIDDEN', 'TOO_BUSY'],
  async handle({ body: { kind }, principal, requestId }, world) {
    const job = await askForJob(world, { principal, requestId }, kind);
    if (isRefusal(job)) return job;
    world.jobStarter.startSoon(job);
    return showJob(job);
  },
});
