// Counts what a hold protects, after it was placed and as of its effective_seq, and keeps the number with it.
import { asking } from '../access/ask.ts';
import { countHeld } from '../held/count-held.ts';
import { readScopes } from '../held/read-scopes.ts';
import type { Pool } from '../pool.ts';
import { inTenant, queryAs } from '../tenant-transaction.ts';

export interface ProtectedAsked {
  readonly tenantId: string;
  readonly holdId: string;
  /** Items that were placed just now. */
  readonly itemIds: readonly string[];
  /** Counted as of it. */
  readonly throughSeq: number;
  readonly onPart?: (() => void) | undefined;
}

/** The number is that of all items in force of the hold. */
export async function countProtected(pool: Pool, { tenantId, holdId, itemIds, throughSeq, onPart }: ProtectedAsked): Promise<number> {
  const scopes = await inTenant(pool, tenantId, async (client) => {
    const { rows } = await client.query<{ id: string }>({
      name: 'items-of-hold',
      text: 'SELECT id FROM legal_hold_item WHERE tenant_id = $1 AND hold_id = $2 AND released_at IS NULL',
      values: [tenantId, holdId],
    });
    return readScopes(asking(client), { tenantId, itemIds: rows.map(({ id }) => id) });
  });
  const { total, byItem } = await countHeld(pool, { tenantId, scopes, itemIds, throughSeq, onPart });
  await inTenant(pool, tenantId, async (client) => {
    await client.query({ name: 'keep-protected-count', text: 'UPDATE legal_hold SET protected_count = $3 WHERE tenant_id = $1 AND id = $2', values: [tenantId, holdId, total] });
    await client.query({
      name: 'keep-protected-counts',
      text: `UPDATE legal_hold_item i SET protected_count = c.held FROM unnest($2::text[], $3::bigint[]) AS c (id, held) WHERE i.tenant_id = $1 AND i.id = c.id`,
      values: [tenantId, [...byItem.keys()], [...byItem.values()]],
    });
  });
  return total;
}

/** As of the head of the log. */
export async function countProtectedNow(pool: Pool, { tenantId, holdId }: Pick<ProtectedAsked, 'tenantId' | 'holdId'>, { onPart }: Pick<ProtectedAsked, 'onPart'> = {}): Promise<number> {
  const [head] = await queryAs<{ last_seq: string }>(pool, tenantId, { name: 'head-to-count', text: 'SELECT last_seq FROM tenant_log WHERE tenant_id = $1', values: [tenantId] });
  return countProtected(pool, { tenantId, holdId, itemIds: [], throughSeq: Number(head?.last_seq ?? 0), onPart });
}
