// Which shares somebody may read, asked of the database inside the transaction that reads.
import { may } from '../../domain/access/may.ts';
import type { Principal } from '../../domain/access/principal.ts';
import type { Client } from '../pool.ts';
import { asking } from './ask.ts';
import type { Ask } from './ask.ts';
import { readAsker, readChain } from './read-asker.ts';
import { sightOf, visibleProfilesSql } from './visible-profiles.ts';

/** Of them one thing is asked, and it does not depend on what they read: how they stand. */
export function readsEverything(principal: Principal): boolean {
  return sightOf(principal, 'read') === 'everything';
}

/** Null means all shares of the tenant, closed ones and such as only the log knows included. */
export async function readableShares(client: Client, principal: Principal): Promise<readonly string[] | null> {
  const ask = asking(client);
  const { tenantId, userId, entities } = principal;
  const sight = sightOf(principal, 'read');
  if (sight === 'everything') return (await seesAll(ask, principal)) ? null : [];
  const rows = await ask<{ id: string }>({
    name: `readable-shares-by-${sight}`,
    text: `SELECT seen.id FROM (${visibleProfilesSql(sight)}) AS seen WHERE seen.type = 'share'`,
    values: [tenantId, userId, entities],
  });
  return rows.map(({ id }) => id);
}

/** False for a share that is absent as for one that is invisible: the difference is nobody's business. */
export async function mayReadShare(client: Client, principal: Principal, shareId: string): Promise<boolean> {
  const ask = asking(client);
  const [asker, chain] = await Promise.all([readAsker(ask, principal), readChain(ask, principal, shareId)]);
  if (chain[0]?.type === 'share') return may({ asker, deed: 'read', subject: { kind: 'profile', chain } });
  if (!may({ asker, deed: 'read', subject: { kind: 'tenant' } })) return false;
  return isNamedInLog(ask, principal, shareId);
}

async function seesAll(ask: Ask, principal: Principal): Promise<boolean> {
  return may({ asker: await readAsker(ask, principal), deed: 'read', subject: { kind: 'tenant' } });
}

/** Producers may write changes of shares that nobody put into the directory; whoever reads everything can ask for those too. */
async function isNamedInLog(ask: Ask, { tenantId }: Principal, shareId: string): Promise<boolean> {
  const rows = await ask({
    name: 'share-named-in-log',
    text: 'SELECT 1 AS named FROM entry WHERE tenant_id = $1 AND share_id = $2 AND change_type IS NOT NULL LIMIT 1',
    values: [tenantId, shareId],
  });
  return rows.length > 0;
}
