// PUT /api/v1/admin/tenants/{tenant_id}: makes a tenant, or changes its name.
import { z } from 'zod';
import { isRefusal, refuse } from '../../../domain/shared/refusal.ts';
import { newTenantId, tenant, tenantWish } from '../../../domain/tenant/tenant.schema.ts';
import { createTenant } from '../../../db/tenant/create-tenant.ts';
import { managesTenants } from '../../../db/tenant/manages-tenants.ts';
import { defineRoute } from '../../route/define-route.ts';
import { answer } from '../../route/reply.ts';

export const putTenantRoute = defineRoute({
  method: 'PUT',
  path: '/api/v1/admin/tenants/{tenant_id}',
  summary: 'Make a tenant, or change its name',
  description: 'Making it is the first entry of its log. Ids that begin with an underscore are kept for Holdfast.',
  tag: 'tenants',
  access: { anyScope: ['admin:*'] },
  ownAction: { action: 'create_tenant' },
  params: z.strictObject({ tenant_id: newTenantId }),
  body: tenantWish.optional(),
  reply: tenant,
  otherStatuses: { 201: 'It was not there before.' },
  refusals: ['FORBIDDEN'],
  async handle({ params: { tenant_id: tenantId }, body, principal, requestId }, world) {
    if (!(await managesTenants(world.pool, principal))) return refuse('FORBIDDEN');
    const put = await createTenant(world, { tenantId, name: body?.name, operator: principal, requestId });
    return isRefusal(put) ? put : answer({ status: put.created ? 201 : 200, body: put.tenant });
  },
});
