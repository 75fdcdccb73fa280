// Whose a device is, and whether it is still in use; for a door that must tell these apart.
import type { Pool } from '../pool.ts';
import { queryAs } from '../tenant-transaction.ts';

export interface DeviceStanding {
  readonly userId: string;
  readonly isClosed: boolean;
}

/** Null for a device that nobody registered. */
export async function readDeviceStanding(pool: Pool, { tenantId, deviceId }: { tenantId: string; deviceId: string }): Promise<DeviceStanding | null> {
  const [row] = await queryAs<{ user_id: string; status: string }>(pool, tenantId, {
    name: 'device-standing',
    text: 'SELECT user_id, status FROM sync_device WHERE tenant_id = $1 AND id = $2',
    values: [tenantId, deviceId],
  });
  return row === undefined ? null : { userId: row.user_id, isClosed: row.status !== 'active' };
}
