// How many change rows of a share a device has not seen yet.
import { notHiddenSql } from '../access/hidden-sql.ts';
import { stillInViewSql } from '../access/view-sql.ts';
import { monthsAfterSeqSql } from '../journal/change-json.ts';
import type { Client } from '../pool.ts';

export async function countPendingChanges(
  client: Client,
  { tenantId, shareId, afterSeq }: { tenantId: string; shareId: string; afterSeq: number },
): Promise<number> {
  const { rows } = await client.query<{ pending: string }>({
    name: 'pending-changes',
    text: `SELECT count(*) AS pending FROM entry e
      WHERE e.tenant_id = $1 AND e.seq > $2 AND e.share_id = $3 AND e.change_type IS NOT NULL AND ${monthsAfterSeqSql} AND ${notHiddenSql} AND ${stillInViewSql('changes')}`,
    values: [tenantId, afterSeq, shareId],
  });
  return Number(rows[0]?.pending ?? 0);
}
