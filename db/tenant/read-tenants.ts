// Reads tenants for whoever runs the installation; each is read as itself, since no one else sees its row.
import type { Tenant } from '../../domain/tenant/tenant.schema.ts';
import { asking } from '../access/ask.ts';
import type { Ask } from '../access/ask.ts';
import { pageOf } from '../list-page.ts';
import type { Page, PageAsked } from '../list-page.ts';
import type { Pool } from '../pool.ts';
import { inTenant } from '../tenant-transaction.ts';

export async function readTenant(pool: Pool, tenantId: string): Promise<Tenant | null> {
  return inTenant(pool, tenantId, (client) => findTenant(asking(client), tenantId));
}

export async function listTenants(pool: Pool, { afterId, limit }: PageAsked): Promise<Page<Tenant>> {
  const { rows } = await pool.query<{ id: string }>({
    name: 'tenants-after',
    text: 'SELECT id FROM tenants_after($1, $2) AS id',
    values: [afterId, limit + 1],
  });
  const tenants: Tenant[] = [];
  for (const { id } of rows) {
    const one = await readTenant(pool, id);
    if (one !== null) tenants.push(one);
  }
  return pageOf(tenants, { limit });
}

/** Inside a transaction of that tenant. */
export async function findTenant(ask: Ask, tenantId: string): Promise<Tenant | null> {
  const [row] = await ask<Tenant>({
    name: 'find-tenant',
    text: 'SELECT tenant_id AS id, name, iso_utc(created_at) AS created_at FROM tenant WHERE tenant_id = $1',
    values: [tenantId],
  });
  return row ?? null;
}
