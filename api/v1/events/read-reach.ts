// Where a limited token may write: the profiles that the sent entries name, as they lie in the tree today.
import { asking } from '../../../db/access/ask.ts';
import { readChains } from '../../../db/access/read-chains.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import type { EntryReach } from '../../../domain/access/entry-reach.ts';
import type { Principal } from '../../../domain/access/principal.ts';
import { producerId } from '../../../domain/shared/ids.ts';
import type { ApiWorld } from '../../world.ts';
import type { SentEntry } from './read-ingest-body.ts';

/** Null for a token without limits: there is nothing to ask for then. */
export async function readReach(sent: readonly SentEntry[], principal: Principal, { pool }: Pick<ApiWorld, 'pool'>): Promise<EntryReach | null> {
  if (principal.entities === null) return null;
  const { tenantId } = principal;
  const ids = profilesIn(sent);
  const chains = await inTenant(pool, tenantId, (client) => readChains(asking(client), { tenantId, ids }));
  return { principal, chains };
}

/** The entries are not checked yet: what is no id is left for that. */
function profilesIn(sent: readonly SentEntry[]): string[] {
  const ids = new Set<string>();
  for (const { value } of sent) {
    if (typeof value !== 'object' || value === null) continue;
    for (const id of [fieldOf(value, 'share_id'), fieldOf(value, 'workspace_id'), fieldOf(value, 'org_id')]) {
      if (typeof id === 'string' && !ids.has(id) && producerId.safeParse(id).success) ids.add(id);
    }
  }
  return [...ids];
}

function fieldOf(value: object, field: string): unknown {
  return (value as Readonly<Record<string, unknown>>)[field];
}
