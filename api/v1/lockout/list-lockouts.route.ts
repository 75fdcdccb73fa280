// GET /api/v1/admin/lockouts: which accounts are locked from where.
import { z } from 'zod';
import { lockout } from '../../../domain/lockout/lockout.schema.ts';
import { costs } from '../../../domain/rate-limit/limits.ts';
import { isRefusal } from '../../../domain/shared/refusal.ts';
import { asking } from '../../../db/access/ask.ts';
import { readLockouts } from '../../../db/lockout/read-lockouts.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import { defineRoute } from '../../route/define-route.ts';
import { listQuery, pageAsked, pageFields, pageShown } from '../../route/list-page.ts';

export const listLockoutsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/admin/lockouts',
  summary: 'List the lockouts in force',
  tag: 'lockout',
  access: { anyScope: ['tenant:admin'] },
  cost: costs.list,
  query: listQuery,
  reply: z.strictObject({ lockouts: z.array(lockout), ...pageFields }),
  refusals: ['CURSOR_INVALID'],
  async handle({ query, principal: { tenantId } }, world) {
    const asked = pageAsked(query);
    if (isRefusal(asked)) return asked;
    const page = await inTenant(world.pool, tenantId, (client) => readLockouts(asking(client), { tenantId, asked }));
    return { lockouts: [...page.rows], ...pageShown(page, query) };
  },
});
