// GET /api/v1/admin/tenants: page by page, in the order of their ids.
import { z } from 'zod';
import { isRefusal, refuse } from '../../../domain/shared/refusal.ts';
import { tenant } from '../../../domain/tenant/tenant.schema.ts';
import { managesTenants } from '../../../db/tenant/manages-tenants.ts';
import { listTenants } from '../../../db/tenant/read-tenants.ts';
import { defineRoute } from '../../route/define-route.ts';
import { listQuery, pageAsked, pageFields, pageShown } from '../../route/list-page.ts';

export const listTenantsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/admin/tenants',
  summary: 'List tenants',
  tag: 'tenants',
  access: { anyScope: ['admin:*'] },
  query: listQuery,
  reply: z.strictObject({ tenants: z.array(tenant), ...pageFields }),
  refusals: ['CURSOR_INVALID', 'FORBIDDEN'],
  async handle({ query, principal }, world) {
    const asked = pageAsked(query);
    if (isRefusal(asked)) return asked;
    if (!(await managesTenants(world.pool, principal))) return refuse('FORBIDDEN');
    const page = await listTenants(world.pool, asked);
    return { tenants: [...page.rows], ...pageShown(page, query) };
  },
});
