// Which process a device of a user connected to last: each claims the device for itself, and hears of the claims of others.
import type { Micros } from '../../domain/shared/instant.ts';
import type { Pool } from '../pool.ts';
import { queryAs } from '../tenant-transaction.ts';

export interface DeviceOfUser {
  readonly userId: string;
  readonly deviceId: string;
}

export interface DeviceClaim extends DeviceOfUser {
  readonly claimedAt: Micros;
}

interface ProcessInTenant {
  readonly tenantId: string;
  readonly processId: string;
}

/** Answers when it was claimed, by the database's clock: of two claims of a device, the later one is the newer. */
export async function claimDevice(pool: Pool, { tenantId, userId, deviceId, processId }: DeviceOfUser & ProcessInTenant): Promise<Micros> {
  const rows = await queryAs<{ claimed_at: string }>(pool, tenantId, {
    name: 'claim-device',
    // A clock that is set back must not make the newer claim the older one.
    text: `INSERT INTO device_claim (tenant_id, user_id, device_id, process_id, claimed_at) VALUES ($1, $2, $3, $4, clock_timestamp())
      ON CONFLICT (tenant_id, user_id, device_id)
        DO UPDATE SET process_id = excluded.process_id, claimed_at = greatest(clock_timestamp(), device_claim.claimed_at + interval '1 microsecond')
      RETURNING ${microsSql} AS claimed_at`,
    values: [tenantId, userId, deviceId, processId],
  });
  return Number(rows[0]?.claimed_at);
}

export interface ClaimsOfOthers {
  /** By the database's clock. */
  readonly askedAt: Micros;
  readonly claims: readonly DeviceClaim[];
}

/** The claims of other processes after a moment. */
export async function readClaimsOfOthers(pool: Pool, { tenantId, processId, after }: ProcessInTenant & { readonly after: Micros }): Promise<ClaimsOfOthers> {
  const rows = await queryAs<{ asked_at: string; user_id: string | null; device_id: string | null; claimed_at: string | null }>(pool, tenantId, {
    name: 'device-claims',
    text: `SELECT asked.at AS asked_at, device_claim.user_id, device_claim.device_id, ${microsSql} AS claimed_at
      FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS at) AS asked
        LEFT JOIN device_claim ON tenant_id = $1 AND process_id <> $2 AND claimed_at > to_timestamp($3::double precision / 1000000)`,
    values: [tenantId, processId, after],
  });
  return {
    askedAt: Number(rows[0]?.asked_at),
    claims: rows.flatMap(({ user_id: userId, device_id: deviceId, claimed_at: claimedAt }) => (userId === null || deviceId === null ? [] : [{ userId, deviceId, claimedAt: Number(claimedAt) }])),
  };
}

/** Whoever should have heard of them has; without a claim nobody is sent away. */
export async function forgetOldClaims(pool: Pool, tenantId: string): Promise<void> {
  await queryAs(pool, tenantId, {
    name: 'forget-device-claims',
    // Claims that are being renewed are passed over: nobody waits here for anybody.
    text: `DELETE FROM device_claim WHERE tenant_id = $1 AND (user_id, device_id) IN (
      SELECT user_id, device_id FROM device_claim WHERE tenant_id = $1 AND claimed_at < clock_timestamp() - interval '1 hour'
      ORDER BY claimed_at LIMIT 1000 FOR UPDATE SKIP LOCKED)`,
    values: [tenantId],
  });
}

const microsSql = '(extract(epoch FROM device_claim.claimed_at) * 1000000)::bigint';
