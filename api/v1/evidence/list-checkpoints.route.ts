// GET /api/v1/evidence/checkpoints: the signed heads of the tenant's log, the newest first.
import { z } from 'zod';
import { listCheckpoints } from '../../../db/evidence/checkpoints.ts';
import { listCursor } from '../../../domain/cursor/list-cursor.ts';
import { isRefusal, refuse } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { listQuery, pageAsked, pageFields, pageShown } from '../../route/list-page.ts';
import { checkpointReply, showCheckpoint } from './checkpoint-reply.ts';
import { mayReadEvidence } from './may-read-evidence.ts';

export const listCheckpointsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/evidence/checkpoints',
  summary: 'List checkpoints, the newest first',
  tag: 'evidence',
  access: { anyScope: ['audit:read', 'compliance:manage', 'tenant:admin'] },
  query: listQuery,
  reply: z.strictObject({ checkpoints: z.array(checkpointReply), ...pageFields }),
  refusals: ['CURSOR_INVALID', 'FORBIDDEN'],
  async handle({ query, principal }, { pool }) {
    const asked = pageAsked(query);
    if (isRefusal(asked)) return asked;
    if (!/^\d{0,15}$/.test(asked.afterId)) return refuse('CURSOR_INVALID');
    if (!(await mayReadEvidence(pool, principal))) return refuse('FORBIDDEN');
    const { limit } = asked;
    const belowNumber = asked.afterId === '' ? null : Number(asked.afterId);
    const found = await listCheckpoints(pool, { tenantId: principal.tenantId, belowNumber, limit: limit + 1 });
    const rows = found.slice(0, limit);
    const last = rows.at(-1);
    const page = { rows, cursor: last === undefined ? null : listCursor(String(last.number)), hasMore: found.length > limit };
    return { checkpoints: rows.map(showCheckpoint), ...pageShown(page, query) };
  },
});
