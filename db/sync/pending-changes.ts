// How many change rows of a share a device has not seen yet.
import type { Client } from '../pool.ts';

export async function countPendingChanges(
  client: Client,
  { tenantId, shareId, afterSeq }: { tenantId: string; shareId: string; afterSeq: number },
): Promise<number> {
  const { rows } = await client.query<{ pending: string }>({
    name: 'pending-changes',
    text: 'SELECT count(*) AS pending FROM entry WHERE tenant_id = $1 AND share_id = $2 AND seq > $3 AND change_type IS NOT NULL',
    values: [tenantId, shareId, afterSeq],
  });
  return Number(rows[0]?.pending ?? 0);
}
