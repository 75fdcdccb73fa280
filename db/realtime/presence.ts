// Who is in which room, over all processes: each tells what it sees by differences, under a lease that ends with it.
import type { Pool } from '../pool.ts';
import { inOneTrip, inTenant } from '../tenant-transaction.ts';

export interface RoomUser {
  readonly room: string;
  readonly userId: string;
}

export interface PresenceTold {
  readonly tenantId: string;
  readonly processId: string;
  readonly entered: readonly RoomUser[];
  readonly left: readonly RoomUser[];
  /** Null while the lease is long enough: most rounds write nothing. */
  readonly leaseSeconds: number | null;
  /** Whoever is in these rooms is answered. */
  readonly rooms: readonly string[];
  /** Of the last answer about the same rooms; null to be answered in any case. */
  readonly known: string | null;
}

export interface PresentUser extends RoomUser {
  readonly processId: string;
}

export interface PresenceAnswer {
  readonly version: string;
  /** Null when nobody came or went since the version that is known. */
  readonly present: readonly PresentUser[] | null;
}

/** Tells the differences, keeps the lease, and answers who is there now; rows of processes that are gone are swept away. */
export async function tellPresence(pool: Pool, { tenantId, processId, entered, left, leaseSeconds, rooms, known }: PresenceTold): Promise<PresenceAnswer> {
  return inOneTrip(pool, tenantId, async (client) => {
    const leased = leaseSeconds === null ? null : client.query({
      name: 'presence-lease',
      text: `INSERT INTO presence_process (tenant_id, process_id, alive_until) VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))
        ON CONFLICT (tenant_id, process_id) DO UPDATE SET alive_until = excluded.alive_until`,
      values: [tenantId, processId, leaseSeconds],
    });
    const entering =
      entered.length === 0
        ? null
        : client.query({
            name: 'presence-enter',
            text: `INSERT INTO presence (tenant_id, room, user_id, process_id) SELECT $1, room, user_id, $2 FROM unnest($3::text[], $4::text[]) AS entered (room, user_id)
              ON CONFLICT DO NOTHING`,
            values: [tenantId, processId, entered.map(({ room }) => room), entered.map(({ userId }) => userId)],
          });
    const leaving =
      left.length === 0
        ? null
        : client.query({
            name: 'presence-leave',
            text: `DELETE FROM presence p USING unnest($3::text[], $4::text[]) AS gone (room, user_id)
              WHERE p.tenant_id = $1 AND p.process_id = $2 AND p.room = gone.room AND p.user_id = gone.user_id`,
            values: [tenantId, processId, left.map(({ room }) => room), left.map(({ userId }) => userId)],
          });
    const telling =
      entered.length + left.length === 0
        ? null
        : client.query({
            name: 'presence-told',
            text: 'UPDATE presence_process SET told = told + 1 WHERE tenant_id = $1 AND process_id = $2',
            values: [tenantId, processId],
          });
    const asked = client.query<PresenceRow>({ name: 'presence-of-rooms', text: presentSql, values: [tenantId, rooms, known] });
    const [, , , , { rows }] = await Promise.all([leased, entering, leaving, telling, asked]);
    const version = rows[0]?.version ?? '';
    if (version === known) return { version, present: null };
    return { version, present: rows.flatMap(({ room, user_id: userId, process_id: processId }) => (room === null ? [] : [{ room, userId, processId }])) };
  });
}

type PresenceRow = { readonly version: string } & ({ readonly room: string; readonly user_id: string; readonly process_id: string } | { readonly room: null; readonly user_id: null; readonly process_id: null });

/** Most rounds find the version that is known, and read nothing more: without OFFSET the version would be compared beside each row instead of before them all. */
const presentSql = `
  WITH alive AS MATERIALIZED (SELECT process_id, told FROM presence_process WHERE tenant_id = $1 AND alive_until > clock_timestamp())
  SELECT now.version, here.room, here.user_id, here.process_id
  FROM (SELECT coalesce(string_agg(process_id || ' ' || told, ',' ORDER BY process_id), '') AS version FROM alive) AS now
    LEFT JOIN LATERAL (
      SELECT p.room, p.user_id, p.process_id FROM presence p JOIN alive USING (process_id)
      WHERE p.tenant_id = $1 AND p.room = ANY ($2) AND now.version IS DISTINCT FROM $3 OFFSET 0
    ) AS here ON true`;

/** What this process told, and what processes left behind whose lease has ended. */
export async function sweepPresence(pool: Pool, { tenantId, processId }: Pick<PresenceTold, 'tenantId' | 'processId'>): Promise<void> {
  await inTenant(pool, tenantId, async (client) => {
    const { rows } = await client.query<{ process_id: string }>({
      name: 'presence-gone',
      text: `DELETE FROM presence_process WHERE tenant_id = $1 AND (process_id = $2 OR alive_until < clock_timestamp() - interval '1 minute') RETURNING process_id`,
      values: [tenantId, processId],
    });
    await client.query({
      name: 'presence-sweep',
      text: 'DELETE FROM presence WHERE tenant_id = $1 AND process_id = ANY ($2)',
      values: [tenantId, rows.map(({ process_id }) => process_id)],
    });
  });
}
