// One entry of the audit log, whole, with the holds that are on it.
import { may } from '../../domain/access/may.ts';
import type { Principal } from '../../domain/access/principal.ts';
import type { StoredEntry } from '../../domain/journal/entry.ts';
import { isRefusal, refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { asking } from '../access/ask.ts';
import type { Ask } from '../access/ask.ts';
import { readAsker } from '../access/read-asker.ts';
import { holdsOnEntry } from '../held/holds-on.ts';
import type { HoldOn } from '../held/holds-on.ts';
import { entryIdBody, findById } from '../journal/find-by-id.ts';
import { readStoredEntries } from '../journal/read-stored.ts';
import type { Pool } from '../pool.ts';
import { inTenant } from '../tenant-transaction.ts';

export interface WholeEvent {
  readonly entry: StoredEntry;
  readonly holds: readonly HoldOn[];
  /** What is known of the session it came from; null when the entry names none. */
  readonly session: OriginatingSession | null;
}

export interface OriginatingSession {
  readonly id: string;
  readonly user_id: string | null;
  readonly idp: string | null;
  readonly device_kind: string | null;
  /** Where the entry itself came from, or else the session. */
  readonly ip_address: string | null;
  readonly user_agent: string | null;
  readonly last_activity_at: string | null;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
}

/** The id with any of its prefixes. One that is absent and one of another tenant are told alike. */
export async function readEvent(pool: Pool, principal: Principal, id: string): Promise<WholeEvent | Refusal> {
  const { tenantId } = principal;
  const key = await inTenant(pool, tenantId, async (client) => {
    const asker = await readAsker(asking(client), principal);
    if (!may({ asker, deed: 'read-audit', subject: { kind: 'tenant' } })) return refuse('FORBIDDEN');
    return findById(client, { tenantId, id: entryIdBody(id) });
  });
  if (key === null) return refuse('NOT_FOUND');
  if (isRefusal(key)) return key;
  const entry = await readOne(pool, { tenantId, seq: key.seq });
  if (entry === null) return refuse('NOT_FOUND');
  return inTenant(pool, tenantId, async (client) => {
    const ask = asking(client);
    const [holds, session] = await Promise.all([holdsOnEntry(ask, tenantId, entry), readSession(ask, tenantId, entry)]);
    return { entry, holds, session };
  });
}

/** Sessions that were never seen here are known by what the entry says alone. */
async function readSession(ask: Ask, tenantId: string, entry: StoredEntry): Promise<OriginatingSession | null> {
  const { session_id: id, user_id: userId, ip_address: ipAddress, user_agent: userAgent } = entry;
  if (id === null) return null;
  const [seen] = await ask<Omit<OriginatingSession, 'id' | 'user_agent'>>({
    name: 'session-of-entry',
    text: `SELECT s.user_id, s.idp, s.device_kind, s.ip_address, iso_utc(s.last_activity_at) AS last_activity_at, iso_utc(s.expires_at) AS expires_at, iso_utc(s.revoked_at) AS revoked_at
      FROM session s WHERE s.tenant_id = $1 AND s.id = $2 AND ($3::text IS NULL OR s.user_id = $3) ORDER BY s.user_id LIMIT 1`,
    values: [tenantId, id, userId],
  });
  const unknown = { idp: null, device_kind: null, last_activity_at: null, expires_at: null, revoked_at: null };
  return { ...unknown, ...seen, id, user_id: userId ?? seen?.user_id ?? null, ip_address: ipAddress ?? seen?.ip_address ?? null, user_agent: userAgent };
}

async function readOne(pool: Pool, { tenantId, seq }: { tenantId: string; seq: number }): Promise<StoredEntry | null> {
  for await (const [entry] of readStoredEntries(pool, { tenantId, afterSeq: seq - 1, throughSeq: seq, pageEntries: 1 })) return entry ?? null;
  return null;
}
