// What the hub asks about rights, answered by the directory as it is now.
import type { AccessGate } from '../../api/auth/access-gate.ts';
import { asking } from '../../db/access/ask.ts';
import { isProfileKnown } from '../../db/access/profile-known.ts';
import { readViewers } from '../../db/access/read-viewers.ts';
import type { Pool } from '../../db/pool.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import type { LiveRights } from '../hub/hub.ts';

export function createLiveRights({ pool, access }: { readonly pool: Pool; readonly access: AccessGate }): LiveRights {
  return {
    admit: async (principal) => (await access.admit(principal)) ?? null,
    viewers: (tenantId, principals) => inTenant(pool, tenantId, (client) => readViewers(asking(client), tenantId, principals)),
    exists: (tenantId, { type, id }) => inTenant(pool, tenantId, (client) => isProfileKnown(asking(client), { tenantId, type, id })),
  };
}
