// Who is in which room, over all processes: each tells what it sees by differences, under a lease that ends with it.
import type { Pool } from '../pool.ts';
import { inTenant } from '../tenant-transaction.ts';

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
}

export interface PresentUser extends RoomUser {
  readonly processId: string;
}

/** Tells the differences, keeps the lease, and answers who is there now; rows of processes that are gone are swept away. */
export async function tellPresence(pool: Pool, { tenantId, processId, entered, left, leaseSeconds, rooms }: PresenceTold): Promise<PresentUser[]> {
  return inTenant(pool, tenantId, async (client) => {
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
    const asked = client.query<{ room: string; user_id: string; process_id: string }>({
      name: 'presence-of-rooms',
      text: `SELECT p.room, p.user_id, p.process_id
        FROM presence p JOIN presence_process alive ON alive.tenant_id = $1 AND alive.process_id = p.process_id AND alive.alive_until > clock_timestamp()
        WHERE p.tenant_id = $1 AND p.room = ANY ($2)`,
      values: [tenantId, rooms],
    });
    const [, , , { rows }] = await Promise.all([leased, entering, leaving, asked]);
    return rows.map(({ room, user_id, process_id }) => ({ room, userId: user_id, processId: process_id }));
  });
}

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
