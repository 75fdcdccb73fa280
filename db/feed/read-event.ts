// One entry by its id, as the feed shows it; whether the reader may see it is for the caller to judge.
import type { FeedRow } from '../../domain/feed/feed-row.ts';
import { notHiddenSql } from '../access/hidden-sql.ts';
import type { Client } from '../pool.ts';
import { feedColumnsSql } from './feed-columns.ts';

export async function readEvent(client: Client, { tenantId, userId, id }: { tenantId: string; userId: string; id: string }): Promise<FeedRow | null> {
  const { rows } = await client.query<FeedRow>({
    name: 'feed-event',
    text: `SELECT ${feedColumnsSql({ tenant: '$1', user: '$2' })} FROM entry e WHERE e.tenant_id = $1 AND e.id = $3 AND ${notHiddenSql} LIMIT 1`,
    values: [tenantId, userId, id],
  });
  return rows[0] ?? null;
}
