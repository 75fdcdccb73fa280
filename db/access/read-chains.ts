// Many profiles with everything above each, as the tree stands today; what anybody holds there is not asked.
import type { ProfileChain, ProfileLink, ProfileType } from '../../domain/access/profile-chain.ts';
import type { Ask } from './ask.ts';

/** Without those the directory does not know. */
export async function readChains(ask: Ask, { tenantId, ids }: { readonly tenantId: string; readonly ids: readonly string[] }): Promise<ReadonlyMap<string, ProfileChain>> {
  const rows = await ask<LinkRow>({ name: 'profile-chains', text: chainsSql, values: [tenantId, ids] });
  const chains = new Map<string, ProfileLink[]>();
  for (const { of_id: ofId, id, type, closed } of rows) {
    const link = { id, type, closed, grants: [] };
    const chain = chains.get(ofId);
    if (chain === undefined) chains.set(ofId, [link]);
    else chain.push(link);
  }
  return chains;
}

interface LinkRow {
  readonly of_id: string;
  readonly id: string;
  readonly type: ProfileType;
  readonly closed: boolean;
}

// No chain is longer than three.
const chainsSql = `
  WITH RECURSIVE chain AS (
    SELECT p.id AS of_id, p.id, p.type, p.closed, p.parent_id, 0 AS height FROM profile p WHERE p.tenant_id = $1 AND p.id = ANY ($2)
    UNION ALL
    SELECT c.of_id, p.id, p.type, p.closed, p.parent_id, c.height + 1
    FROM chain c JOIN profile p ON p.tenant_id = $1 AND p.id = c.parent_id
    WHERE c.height < 2
  )
  SELECT of_id, id, type, closed FROM chain ORDER BY of_id, height`;
