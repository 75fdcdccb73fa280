// Which wishes for a full sync a device has been told of: who was away hears of them once, when it comes back.
import type { Pool } from '../pool.ts';
import { inTenant } from '../tenant-transaction.ts';

export interface DeviceOfTenant {
  readonly tenantId: string;
  readonly deviceId: string;
}

/** The shares for which a full sync was asked for since the device was last told; up to which seq that is known. */
export interface MissedForces {
  readonly shareIds: readonly string[];
  readonly throughSeq: number;
}

/** From the device's making on, when it was never told of any. Null for a device that nobody registered: nothing is kept for it. */
export async function readMissedForces(pool: Pool, { tenantId, deviceId, throughSeq }: DeviceOfTenant & { readonly throughSeq: number }): Promise<MissedForces | null> {
  return inTenant(pool, tenantId, async (client) => {
    const { rows } = await client.query<{ share_id: string | null }>({
      name: 'missed-forces',
      text: `SELECT DISTINCT e.share_id
        FROM sync_device d LEFT JOIN sync_force_seen s ON s.tenant_id = $1 AND s.device_id = d.id
          LEFT JOIN entry e ON e.tenant_id = $1 AND e.own_action = 'force_sync' AND e.outcome = 'success'
            AND e.seq > coalesce(s.seq, 0) AND e.seq <= $3 AND (s.seq IS NOT NULL OR e.recorded_at > d.created_at)
        WHERE d.tenant_id = $1 AND d.id = $2 AND d.status = 'active'`,
      values: [tenantId, deviceId, throughSeq],
    });
    if (rows.length === 0) return null;
    return { shareIds: rows.flatMap(({ share_id }) => share_id ?? []), throughSeq };
  }, { planned: 'once' });
}

export async function noteForcesSeen(pool: Pool, { tenantId, deviceId, throughSeq }: DeviceOfTenant & { readonly throughSeq: number }): Promise<void> {
  await inTenant(pool, tenantId, (client) =>
    client.query({
      name: 'note-forces-seen',
      text: `INSERT INTO sync_force_seen (tenant_id, device_id, seq) SELECT $1, d.id, $3 FROM sync_device d WHERE d.tenant_id = $1 AND d.id = $2
        ON CONFLICT (tenant_id, device_id) DO UPDATE SET seq = greatest(sync_force_seen.seq, excluded.seq)`,
      values: [tenantId, deviceId, throughSeq],
    }),
  );
}
