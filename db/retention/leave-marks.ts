// What a removal leaves behind besides its tombstone: how far readers are affected, and who had created what, for holds on that user.
import type { Ask } from '../access/ask.ts';

/** As JSON, as the look through a batch gives it; null where there is nothing. */
export interface BatchMarks {
  /** Of each share, workspace, organisation and category the newest seq that goes: `kind`, `ref`, `seq`. */
  readonly floors: string | null;
  /** `user_id` and `resource_id`. */
  readonly created: string | null;
}

/** At the end of a batch and in its turn: the one beside it touches the same rows. */
export async function leaveMarks(ask: Ask, tenantId: string, { floors, created }: BatchMarks): Promise<void> {
  if (created !== null)
    await ask({
      name: 'created-before',
      text: `INSERT INTO held_resource (tenant_id, user_id, resource_id) SELECT $1, c.user_id, c.resource_id FROM json_to_recordset($2::json) AS c (user_id text, resource_id text) ON CONFLICT DO NOTHING`,
      values: [tenantId, created],
    });
  if (floors !== null)
    await ask({
      name: 'floors-of-places',
      text: `INSERT INTO log_floor (tenant_id, kind, ref, floor_seq) SELECT $1, f.kind, f.ref, f.seq FROM json_to_recordset($2::json) AS f (kind text, ref text, seq bigint)
        ON CONFLICT (tenant_id, kind, ref) DO UPDATE SET floor_seq = greatest(log_floor.floor_seq, excluded.floor_seq)`,
      values: [tenantId, floors],
    });
}
