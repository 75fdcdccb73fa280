// Whether somebody may read the administrators' logs of their tenant, as its directory has it today.
import { may } from '../../domain/access/may.ts';
import type { Principal } from '../../domain/access/principal.ts';
import { asking } from '../access/ask.ts';
import { readAsker } from '../access/read-asker.ts';
import type { Pool } from '../pool.ts';
import { inTenant } from '../tenant-transaction.ts';

export async function mayReadLog(pool: Pool, principal: Principal): Promise<boolean> {
  const asker = await inTenant(pool, principal.tenantId, (client) => readAsker(asking(client), principal));
  return may({ asker, deed: 'read-audit', subject: { kind: 'tenant' } });
}
