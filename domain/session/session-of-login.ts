// The session that a successful sign-in begins, read from its entry.
import type { EntryFacts } from '../journal/entry.ts';
import { formatInstant, parseInstant } from '../shared/instant.ts';
import { deviceKindOf } from './session.schema.ts';
import type { DeviceKind } from './session.schema.ts';

/** Where a session was seen: in the entry of the sign-in that began it, or in a request that used it. */
export type SessionSource = 'login' | 'request';

/** A session as one look at it shows it. */
export interface SeenSession {
  readonly source: SessionSource;
  readonly id: string;
  readonly userId: string;
  readonly idp: string | null;
  /** Null when this look does not tell. */
  readonly deviceKind: DeviceKind | null;
  readonly ipAddress: string | null;
  readonly at: string;
  readonly expiresAt: string | null;
}

/** Null for any other entry. */
export function sessionOfLogin(facts: EntryFacts): (SeenSession & { readonly userAgent: string | null }) | null {
  const { event_type: type, outcome, session_id: id, user_id: userId, details } = facts;
  if (type !== 'auth.login' || outcome !== 'success' || id === null || id === '' || userId === null) return null;
  const { idp, device_kind: kind, expires_at: expiry } = details ?? {};
  const expiresAt = typeof expiry === 'string' ? parseInstant(expiry) : null;
  return {
    source: 'login',
    id,
    userId,
    idp: typeof idp === 'string' ? idp.slice(0, 1024) : null,
    deviceKind: deviceKindOf(kind),
    ipAddress: facts.ip_address,
    at: facts.event_time,
    expiresAt: expiresAt === null ? null : formatInstant(expiresAt),
    userAgent: facts.user_agent,
  };
}
