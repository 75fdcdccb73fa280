// POST /api/v1/auth/attempts/{attempt_id}: how the attempt ended.
import { z } from 'zod';
import { attemptId, attemptReport, attemptReported } from '../../../domain/lockout/lockout.schema.ts';
import { reportAttempt } from '../../../db/lockout/gate.ts';
import { defineRoute } from '../../route/define-route.ts';
import { gateOf } from './gate-of.ts';

export const reportAttemptRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/auth/attempts/{attempt_id}',
  summary: 'Report how an attempt to sign in ended',
  description: 'A success clears what failed before; the failure that fills the window locks the pair. The same report again changes nothing.',
  tag: 'lockout',
  access: { anyScope: ['events:write'] },
  limit: 'none',
  params: z.strictObject({ attempt_id: attemptId }),
  body: attemptReport,
  reply: attemptReported,
  refusals: ['NOT_FOUND', 'CONFLICT'],
  async handle({ params: { attempt_id: id }, body: { outcome }, principal, requestId }, world) {
    const refusal = await reportAttempt(gateOf(world), { tenantId: principal.tenantId, actor: principal, requestId }, { attemptId: id, outcome });
    return refusal ?? { attempt_id: id, outcome };
  },
});
