// Makes a tenant with its log and its first entry, or brings the name of one that is there up to date.
import type { Principal } from '../../domain/access/principal.ts';
import { ownEntry } from '../../domain/journal/own-entry.ts';
import type { Clock } from '../../domain/shared/clock.ts';
import type { Ids } from '../../domain/shared/ids.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { tenantEvent } from '../../domain/tenant/tenant-event.ts';
import type { Tenant } from '../../domain/tenant/tenant.schema.ts';
import { askingIn } from '../access/ask.ts';
import type { Ask } from '../access/ask.ts';
import type { Effects } from '../effect.ts';
import { newEpoch } from './epoch.ts';
import { findTenant } from './read-tenants.ts';

export interface TenantWorld {
  readonly effects: Effects;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface NewTenant {
  readonly tenantId: string;
  readonly name?: string | undefined;
  /** Null when Holdfast does it by itself. */
  readonly operator: Principal | null;
  readonly requestId: string | null;
}

export interface TenantPut {
  readonly tenant: Tenant;
  readonly created: boolean;
}

/**
 * The transaction runs as the tenant it makes: row security allows nothing else. Said twice, it does nothing the second time.
 * The schedules every tenant has are not written here: whoever follows them adds what is missing.
 */
export async function createTenant({ effects, clock, ids }: TenantWorld, wish: NewTenant): Promise<TenantPut | Refusal> {
  const { tenantId, operator, requestId } = wish;
  return effects.run(tenantId, async (em) => {
    const ask = askingIn(em);
    const nowMs = clock.nowMs();
    const created = await insertTenant(ask, { tenantId, name: wish.name ?? tenantId, now: new Date(nowMs) });
    if (created)
      await ask({ name: 'insert-log', text: 'INSERT INTO tenant_log (tenant_id, epoch) VALUES ($1, $2)', values: [tenantId, newEpoch()] });
    const stored = await lockTenant(ask, tenantId);
    const name = wish.name ?? stored.name;
    if (!created && name === stored.name) return { result: { tenant: stored, created }, entries: [] };

    if (!created) await ask({ name: 'rename-tenant', text: 'UPDATE tenant SET name = $2 WHERE tenant_id = $1', values: [tenantId, name] });
    const event = tenantEvent({ tenantId, name, nameBefore: created ? null : stored.name, operator });
    return { result: { tenant: { ...stored, name }, created }, entries: [ownEntry({ ...event, id: ids.next(), nowMs, requestId })] };
  });
}

/** Two who make the same tenant at once: the second waits here for the first, and finds the tenant made. */
async function insertTenant(ask: Ask, { tenantId, name, now }: { tenantId: string; name: string; now: Date }): Promise<boolean> {
  const rows = await ask({
    name: 'insert-tenant',
    text: 'INSERT INTO tenant (tenant_id, name, created_at) VALUES ($1, $2, $3) ON CONFLICT (tenant_id) DO NOTHING RETURNING tenant_id',
    values: [tenantId, name, now],
  });
  return rows.length > 0;
}

async function lockTenant(ask: Ask, tenantId: string): Promise<Tenant> {
  await ask({ name: 'lock-tenant', text: 'SELECT 1 AS locked FROM tenant WHERE tenant_id = $1 FOR NO KEY UPDATE', values: [tenantId] });
  const stored = await findTenant(ask, tenantId);
  if (stored === null) throw new Error(`the tenant ${tenantId} is not there although it was just made or found`);
  return stored;
}
