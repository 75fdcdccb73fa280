// The sessions of a tenant that are live: seen, not expired, not revoked.
import type { SessionPlace } from '../../domain/session/session-cursor.ts';
import { deviceKindOf } from '../../domain/session/session.schema.ts';
import type { Session } from '../../domain/session/session.schema.ts';
import type { Ask } from '../access/ask.ts';

export interface SessionsAsked {
  readonly tenantId: string;
  /** Null for everybody's. */
  readonly userId: string | null;
  /** The last one shown before; null at the beginning. */
  readonly after: SessionPlace | null;
  readonly now: Date;
  readonly limit: number;
}

/** In the order of their ids. */
export async function readSessions(ask: Ask, { tenantId, userId, after, now, limit }: SessionsAsked): Promise<Session[]> {
  const rows = await ask<Session>({
    name: userId === null ? 'read-sessions' : 'read-sessions-of-user',
    // A sign-in that said no end and was never used is shown for a day.
    text: `SELECT s.id, s.user_id, s.idp, s.device_kind, s.ip_address, iso_utc(s.last_activity_at) AS last_activity_at, iso_utc(s.expires_at) AS expires_at
      FROM session s LEFT JOIN session_bar b ON b.tenant_id = s.tenant_id AND b.user_id = s.user_id
      WHERE s.tenant_id = $1 AND s.revoked_at IS NULL AND (s.id, s.user_id) > ($2, $3) ${userId === null ? '' : 'AND s.user_id = $6'}
        AND coalesce(s.expires_at, s.last_activity_at + interval '1 day') > $4 AND (b.not_before IS NULL OR s.last_activity_at > b.not_before)
      ORDER BY s.id, s.user_id LIMIT $5`,
    values: [tenantId, after?.id ?? '', after?.userId ?? '', now, limit, ...(userId === null ? [] : [userId])],
  });
  return rows.map((row) => ({ ...row, device_kind: deviceKindOf(row.device_kind) }));
}
