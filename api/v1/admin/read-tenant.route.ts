// GET /api/v1/admin/tenants/{tenant_id}: a tenant.
import { z } from 'zod';
import { producerId } from '../../../domain/shared/ids.ts';
import { refuse } from '../../../domain/shared/refusal.ts';
import { tenant } from '../../../domain/tenant/tenant.schema.ts';
import { managesTenants } from '../../../db/tenant/manages-tenants.ts';
import { readTenant } from '../../../db/tenant/read-tenants.ts';
import { defineRoute } from '../../route/define-route.ts';

export const readTenantRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/admin/tenants/{tenant_id}',
  summary: 'Read a tenant',
  tag: 'tenants',
  access: { anyScope: ['admin:*'] },
  params: z.strictObject({ tenant_id: producerId }),
  reply: tenant,
  refusals: ['NOT_FOUND', 'FORBIDDEN'],
  async handle({ params: { tenant_id: tenantId }, principal }, world) {
    if (!(await managesTenants(world.pool, principal))) return refuse('FORBIDDEN');
    return (await readTenant(world.pool, tenantId)) ?? refuse('NOT_FOUND');
  },
});
