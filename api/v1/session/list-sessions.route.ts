// GET /api/v1/admin/sessions: who is signed in, page by page.
import { z } from 'zod';
import { asking } from '../../../db/access/ask.ts';
import { readAsker } from '../../../db/access/read-asker.ts';
import { readSessions } from '../../../db/session/read-sessions.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import { may } from '../../../domain/access/may.ts';
import { costs } from '../../../domain/rate-limit/limits.ts';
import { readSessionCursor, sessionCursor } from '../../../domain/session/session-cursor.ts';
import { session } from '../../../domain/session/session.schema.ts';
import { producerId } from '../../../domain/shared/ids.ts';
import { isRefusal, refuse } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { pageFields } from '../../route/list-page.ts';
import { queryInteger } from '../../route/query-values.ts';

export const listSessions = defineRoute({
  method: 'GET',
  path: '/api/v1/admin/sessions',
  summary: 'List live sessions',
  description: 'What was seen and has neither expired nor been revoked. A session is listed within a second of its first request.',
  tag: 'sessions',
  access: { anyScope: ['tenant:admin'] },
  cost: costs.list,
  query: z.strictObject({
    user_id: producerId.optional(),
    limit: queryInteger({ min: 1, max: 1_000 }).default(100),
    cursor: z.string().min(1).max(1_024).optional(),
  }),
  reply: z.strictObject({ sessions: z.array(session), ...pageFields }),
  refusals: ['CURSOR_INVALID', 'FORBIDDEN'],
  async handle({ query, principal }, world) {
    const { user_id: userId = null, limit, cursor = null } = query;
    const after = cursor === null ? null : readSessionCursor(cursor);
    if (after !== null && isRefusal(after)) return after;
    const { tenantId } = principal;
    await world.sessions.flush();
    return inTenant(world.pool, tenantId, async (client) => {
      const ask = asking(client);
      if (!may({ asker: await readAsker(ask, principal), deed: 'manage-tenant', subject: { kind: 'tenant' } })) return refuse('FORBIDDEN');
      const found = await readSessions(ask, { tenantId, userId, after, now: new Date(world.clock.nowMs()), limit: limit + 1 });
      const sessions = found.slice(0, limit);
      const last = sessions.at(-1);
      return { sessions, cursor: last === undefined ? cursor : sessionCursor({ id: last.id, userId: last.user_id }), has_more: found.length > limit };
    });
  },
});
