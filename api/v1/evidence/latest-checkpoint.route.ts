// GET /api/v1/evidence/checkpoints/latest: what was signed last about the tenant's log.
import { latestCheckpoint } from '../../../db/evidence/checkpoints.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import { refuse } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { checkpointReply, showCheckpoint } from './checkpoint-reply.ts';
import { mayReadEvidence } from './may-read-evidence.ts';

export const latestCheckpointRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/evidence/checkpoints/latest',
  summary: 'Read the newest checkpoint',
  description: 'Keep it elsewhere: held against the log later, it shows also what was done to the log and its checkpoints together.',
  tag: 'evidence',
  access: { anyScope: ['audit:read', 'compliance:manage', 'tenant:admin'] },
  reply: checkpointReply,
  refusals: ['NOT_FOUND', 'FORBIDDEN'],
  async handle({ principal }, { pool }) {
    if (!(await mayReadEvidence(pool, principal))) return refuse('FORBIDDEN');
    const latest = await inTenant(pool, principal.tenantId, (client) => latestCheckpoint(client, principal.tenantId));
    return latest === null ? refuse('NOT_FOUND', { message: 'This log has not been signed yet.' }) : showCheckpoint(latest);
  },
});
