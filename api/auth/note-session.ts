// Tells the list of sessions that one is in use: by a request that was let in, or by an entry that tells of a sign-in.
import type { IncomingMessage } from 'node:http';
import type { SessionNotes } from '../../db/session/session-notes.ts';
import type { Principal } from '../../domain/access/principal.ts';
import type { EntryFacts } from '../../domain/journal/entry.ts';
import { sessionOfLogin } from '../../domain/session/session-of-login.ts';
import type { Clock } from '../../domain/shared/clock.ts';
import { formatInstant } from '../../domain/shared/instant.ts';
import { addressOf } from './address-of.ts';
import { deviceKindOfAgent } from './device-kind.ts';

export interface Noting {
  readonly sessions: SessionNotes;
  readonly clock: Clock;
}

export function noteSession({ sessions, clock }: Noting, principal: Principal, request: IncomingMessage): void {
  const { tenantId, userId, sessionId } = principal;
  sessions.note({ tenantId, userId, sessionId, source: 'request' }, () => ({
    source: 'request',
    id: principal.sessionId,
    userId: principal.userId,
    idp: principal.idp,
    deviceKind: deviceKindOfAgent(request.headers['user-agent']?.slice(0, agentLimit) ?? null),
    ipAddress: addressOf(request),
    at: formatInstant(clock.nowMs() * 1000),
    expiresAt: formatInstant(Math.min(principal.expiresAtSeconds, latestSeconds) * 1_000_000),
  }));
}

export function noteSignIn({ sessions }: Pick<Noting, 'sessions'>, tenantId: string, facts: EntryFacts): void {
  const seen = sessionOfLogin(facts);
  if (seen === null) return;
  const { userAgent, ...session } = seen;
  const deviceKind = session.deviceKind ?? (userAgent === null ? null : deviceKindOfAgent(userAgent.slice(0, agentLimit)));
  sessions.note({ tenantId, userId: session.userId, sessionId: session.id, source: 'login' }, () => ({ ...session, deviceKind }));
}

const agentLimit = 512;
/** The end of the year 9998: a token may claim any number. */
const latestSeconds = 253_370_764_800;
