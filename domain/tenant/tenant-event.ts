// The entries that tell of a tenant's making and changing; its making is the first entry of its log.
import type { Principal } from '../access/principal.ts';
import type { OwnAction } from '../journal/own-entry.ts';
import type { JsonObject } from '../shared/json.ts';

export type TenantEvent = Omit<OwnAction, 'id' | 'nowMs' | 'requestId'>;

export interface TenantChange {
  readonly tenantId: string;
  readonly name: string;
  /** Null for a tenant that was not there before. */
  readonly nameBefore: string | null;
  /** Who did it; null when Holdfast made the tenant by itself. */
  readonly operator: Principal | null;
}

export function tenantEvent({ tenantId, name, nameBefore, operator }: TenantChange): TenantEvent {
  const created = nameBefore === null;
  // User ids mean something within their own tenant only: an operator from elsewhere must not pass for a user of this one.
  const isOfTenant = operator?.tenantId === tenantId;
  return {
    ownAction: created ? 'create_tenant' : 'update_tenant',
    eventType: created ? 'admin.tenant_create' : 'admin.tenant_update',
    actor: isOfTenant ? operator : null,
    resourceType: 'tenant',
    resourceId: tenantId,
    resourceName: name,
    details: {
      ...(created ? { name } : { changed: ['name'], before: { name: nameBefore }, after: { name } }),
      ...(operator === null || isOfTenant ? {} : { operator: identityOf(operator) }),
    },
  };
}

function identityOf({ tenantId, userId, email, name, serviceAccount }: Principal): JsonObject {
  return { tenant_id: tenantId, user_id: userId, email, name, service_account: serviceAccount };
}
