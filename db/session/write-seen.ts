// Writes sessions as they were seen: new ones, and what a later look tells of known ones, each by where it was seen.
import type { SeenSession, SessionSource } from '../../domain/session/session-of-login.ts';
import type { Pool } from '../pool.ts';
import { queryAs } from '../tenant-transaction.ts';

const pageRows = 1_000;

export async function writeSeen(pool: Pool, tenantId: string, seen: readonly SeenSession[]): Promise<void> {
  await writeFrom(pool, { tenantId, source: 'login', seen });
  await writeFrom(pool, { tenantId, source: 'request', seen });
  await queryAs(pool, tenantId, { name: 'forget-ended-sessions', text: forgetSql, values: [tenantId] });
}

interface SeenFrom {
  readonly tenantId: string;
  readonly source: SessionSource;
  readonly seen: readonly SeenSession[];
}

async function writeFrom(pool: Pool, { tenantId, source, seen }: SeenFrom): Promise<void> {
  const ofSource = seen.filter((one) => one.source === source);
  for (let from = 0; from < ofSource.length; from += pageRows) {
    const rows = ofSource.slice(from, from + pageRows).map(({ id, userId, idp, deviceKind, ipAddress, at, expiresAt }) => ({
      id, user_id: userId, idp, device_kind: deviceKind, ip_address: ipAddress, at, expires_at: expiresAt,
    }));
    await queryAs(pool, tenantId, { name: `write-sessions-of-${source}`, text: writeSql(source), values: [tenantId, JSON.stringify(rows)] });
  }
}

/** What a sign-in says of the provider and the device stands, whichever comes first; what it says of the end stands until the first use. */
const told: Readonly<Record<SessionSource, string>> = {
  login: `
    idp = coalesce(excluded.idp, s.idp),
    device_kind = coalesce(excluded.device_kind, s.device_kind),
    expires_at = CASE WHEN s.used THEN s.expires_at ELSE greatest(s.expires_at, excluded.expires_at) END`,
  request: `
    idp = coalesce(s.idp, excluded.idp),
    device_kind = coalesce(s.device_kind, excluded.device_kind),
    expires_at = CASE WHEN s.used THEN greatest(s.expires_at, excluded.expires_at) ELSE excluded.expires_at END,
    used = true`,
};

// In one order, so that two writers wait for each other and never in a circle. A revoked one stays revoked.
const writeSql = (source: SessionSource): string => `
  INSERT INTO session AS s (tenant_id, id, user_id, idp, device_kind, ip_address, first_seen_at, last_activity_at, expires_at, used)
  SELECT $1, id, user_id, idp, device_kind, ip_address, at, at, expires_at, ${source === 'request' ? 'true' : 'false'}
  FROM json_to_recordset($2::json) AS seen (id text, user_id text, idp text, device_kind text, ip_address text, at timestamptz, expires_at timestamptz)
  ORDER BY id, user_id
  ON CONFLICT (tenant_id, id, user_id) DO UPDATE SET ${told[source]},
    ip_address = CASE WHEN excluded.last_activity_at >= s.last_activity_at THEN coalesce(excluded.ip_address, s.ip_address) ELSE coalesce(s.ip_address, excluded.ip_address) END,
    first_seen_at = least(s.first_seen_at, excluded.first_seen_at),
    last_activity_at = greatest(s.last_activity_at, excluded.last_activity_at)`;

/** Nothing asks for what expired long ago; what was revoked must stay known. A few at a time, so that no look pays for many. */
const forgetSql = `
  DELETE FROM session s USING (
    SELECT tenant_id, id, user_id FROM session
    WHERE tenant_id = $1 AND revoked_at IS NULL AND expires_at < now() - interval '30 days'
    ORDER BY expires_at LIMIT 200 FOR UPDATE SKIP LOCKED
  ) AS old
  WHERE s.tenant_id = old.tenant_id AND s.id = old.id AND s.user_id = old.user_id`;
