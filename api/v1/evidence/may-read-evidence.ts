// Whether somebody may read the evidence of their tenant's log, as its directory has it today.
import { asking } from '../../../db/access/ask.ts';
import { readAsker } from '../../../db/access/read-asker.ts';
import type { Pool } from '../../../db/pool.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import { may } from '../../../domain/access/may.ts';
import type { Principal } from '../../../domain/access/principal.ts';

export async function mayReadEvidence(pool: Pool, principal: Principal): Promise<boolean> {
  const asker = await inTenant(pool, principal.tenantId, (client) => readAsker(asking(client), principal));
  return may({ asker, deed: 'read-audit', subject: { kind: 'tenant' } });
}
