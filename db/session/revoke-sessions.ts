// Revokes one session, or everything a user is signed in with; each with the entry that tells of it.
import { may } from '../../domain/access/may.ts';
import type { Principal } from '../../domain/access/principal.ts';
import { ownEntry } from '../../domain/journal/own-entry.ts';
import type { Clock } from '../../domain/shared/clock.ts';
import type { Ids } from '../../domain/shared/ids.ts';
import { formatInstant } from '../../domain/shared/instant.ts';
import { refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { askingIn } from '../access/ask.ts';
import type { Ask } from '../access/ask.ts';
import { barUser } from '../access/bar-user.ts';
import { readAsker } from '../access/read-asker.ts';
import type { Effects } from '../effect.ts';
import type { SessionNotes } from './session-notes.ts';

export interface SessionWorld {
  readonly effects: Effects;
  readonly sessions: SessionNotes;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface Revoker {
  readonly principal: Principal;
  readonly requestId: string;
}

export interface RevokedSession {
  readonly id: string;
  readonly revoked_at: string;
}

/** Revoking what is revoked changes nothing. */
export async function revokeSession(world: SessionWorld, { principal, requestId }: Revoker, id: string): Promise<RevokedSession | Refusal> {
  const { tenantId } = principal;
  await world.sessions.flush();
  return world.effects.run(tenantId, async (em) => {
    const ask = askingIn(em);
    if (!(await managesTenant(ask, principal))) return refuse('FORBIDDEN');
    const nowMs = world.clock.nowMs();
    const ended = await ask<{ user_id: string }>({
      name: 'revoke-session',
      text: 'UPDATE session SET revoked_at = $3 WHERE tenant_id = $1 AND id = $2 AND revoked_at IS NULL RETURNING user_id',
      values: [tenantId, id, new Date(nowMs)],
    });
    const [known] = await ask<RevokedSession>({
      name: 'revoked-session',
      text: 'SELECT id, iso_utc(revoked_at) AS revoked_at FROM session WHERE tenant_id = $1 AND id = $2 LIMIT 1',
      values: [tenantId, id],
    });
    if (known === undefined) return refuse('NOT_FOUND');
    const entries = ended.map(({ user_id: userId }) =>
      ownEntry({
        id: world.ids.next(),
        nowMs,
        ownAction: 'revoke_session',
        actor: principal,
        requestId,
        resourceType: 'session',
        resourceId: id,
        targetUserId: userId,
      }),
    );
    return { result: known, entries };
  });
}

export interface RevokedUser {
  readonly user_id: string;
  readonly revoked: number;
  /** Tokens issued no later count no more. */
  readonly not_before: string;
}

/** Said again it ends what was issued meanwhile. The directory need not know the user: their tokens count all the same. */
export async function revokeSessionsOfUser(world: SessionWorld, { principal, requestId }: Revoker, userId: string): Promise<RevokedUser | Refusal> {
  const { tenantId } = principal;
  await world.sessions.flush();
  return world.effects.run(tenantId, async (em) => {
    const ask = askingIn(em);
    if (!(await managesTenant(ask, principal))) return refuse('FORBIDDEN');
    const nowMs = world.clock.nowMs();
    const revoked = await barUser(ask, { tenantId, userId, now: new Date(nowMs) });
    const notBefore = formatInstant(nowMs * 1000);
    const entry = ownEntry({
      id: world.ids.next(),
      nowMs,
      ownAction: 'revoke_all_sessions',
      actor: principal,
      requestId,
      resourceType: 'user',
      resourceId: userId,
      targetUserId: userId,
      details: { revoked, not_before: notBefore },
    });
    return { result: { user_id: userId, revoked, not_before: notBefore }, entries: [entry] };
  });
}

async function managesTenant(ask: Ask, principal: Principal): Promise<boolean> {
  const asker = await readAsker(ask, principal);
  return may({ asker, deed: 'manage-tenant', subject: { kind: 'tenant' } });
}
