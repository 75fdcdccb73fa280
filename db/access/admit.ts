// What the database knows about whether a caller is let in: the tenant exists, its user was not sent away, the session was not ended.
import type { Admission } from '../../domain/access/admission.ts';
import type { Standing } from '../../domain/access/standing.ts';
import type { Principal } from '../../domain/access/principal.ts';
import type { Client } from '../pool.ts';

/** Null when there is no such tenant. Somebody the directory does not know is let in: their scopes count, and without any they see nothing. */
export async function readAdmission(client: Client, { tenantId, userId, sessionId }: Principal): Promise<Admission | null> {
  const { rows } = await client.query<{ status: Standing | null; revoked: boolean; not_before_ms: string | null }>({
    name: 'admit',
    text: `SELECT u.status, EXISTS (SELECT FROM session s WHERE s.tenant_id = $1 AND s.id = $3 AND s.revoked_at IS NOT NULL) AS revoked,
        (SELECT floor(extract(epoch FROM b.not_before) * 1000)::bigint FROM session_bar b WHERE b.tenant_id = $1 AND b.user_id = $2) AS not_before_ms
      FROM tenant t LEFT JOIN dir_user u ON u.tenant_id = t.tenant_id AND u.id = $2 WHERE t.tenant_id = $1`,
    values: [tenantId, userId, sessionId],
  });
  const [row] = rows;
  if (row === undefined) return null;
  return { standing: row.status ?? 'unknown', sessionRevoked: row.revoked, notBeforeMs: row.not_before_ms === null ? null : Number(row.not_before_ms) };
}
