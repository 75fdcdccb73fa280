// The entries that the lockout writes: failed and successful sign-ins, locks, their end, and the account that is tried from everywhere.
import type { EntryFacts } from '../journal/entry.ts';
import { ownEntry } from '../journal/own-entry.ts';
import type { OwnAction } from '../journal/own-entry.ts';
import { formatInstant } from '../shared/instant.ts';
import type { Micros } from '../shared/instant.ts';
import type { Pair } from './pair-name.ts';
import type { PairEvent } from './pair-state.ts';

export interface LockoutTold {
  readonly pair: Pick<Pair, 'id' | 'account' | 'address'>;
  /** From where the attempt came that it is about; null when it is about none. */
  readonly address: string | null;
  readonly id: string;
  readonly now: Micros;
  /** Who told of it or did it; null for what time did. */
  readonly actor: OwnAction['actor'];
  readonly requestId: string | null;
  /** Why somebody ended the lock. */
  readonly reason?: string;
}

export function lockoutEntry(event: PairEvent, told: LockoutTold): EntryFacts {
  const { pair } = told;
  const about = { account: pair.account, ip_address: pair.address };
  switch (event.kind) {
    case 'failed':
      return signIn(told, { outcome: 'failure', details: { ...about, ...(event.lapsed ? { reason: 'not reported in time', attempted_at: formatInstant(event.at) } : {}) } });
    case 'succeeded':
      return signIn(told, { outcome: 'success', details: about });
    case 'locked':
      return {
        ...made(told, { ownAction: null, eventType: 'security.account_lockout', details: { ...about, blocked_until: formatInstant(event.until), attempts: event.attempts } }),
        outcome: 'denied',
        severity: 'warning',
      };
    case 'unlocked': {
      const details = { ...about, by: event.by === 'time' ? 'time' : (told.actor?.userId ?? null), ...(told.reason === undefined ? {} : { reason: told.reason }) };
      return event.by === 'hand'
        ? made(told, { ownAction: 'unlock_account', eventType: 'admin.account_unlock', details })
        : made(told, { ownAction: null, eventType: 'admin.account_unlock', details });
    }
  }
}

export function suspiciousAccountEntry(told: LockoutTold, { addresses }: { addresses: number }): EntryFacts {
  return made(told, { ownAction: null, eventType: 'security.suspicious_login', details: { account: told.pair.account, addresses, within_minutes: 60 } });
}

type Made = Pick<OwnAction, 'ownAction' | 'details'> & { readonly eventType: string };

function made({ pair, address, id, now, actor, requestId }: LockoutTold, { ownAction, eventType, details }: Made): EntryFacts {
  const entry = ownEntry({
    id,
    nowMs: Math.floor(now / 1000),
    ownAction,
    eventType,
    actor: ownAction === null ? null : actor,
    requestId,
    resourceType: 'account',
    resourceId: pair.id,
    resourceName: pair.account,
    details: details ?? null,
  });
  const dated = { ...entry, event_time: formatInstant(now) };
  // What a person did tells of that person; the account and its address stand in the details.
  return ownAction === null ? { ...dated, user_email: emailOf(pair.account), ip_address: address ?? addressOf(pair) } : dated;
}

/** Reported by a service: the one who signed in is the account, not who reports. */
function signIn(told: LockoutTold, { outcome, details }: { outcome: 'success' | 'failure'; details: OwnAction['details'] }): EntryFacts {
  return { ...made(told, { ownAction: null, eventType: 'auth.login', details: details ?? null }), outcome, severity: outcome === 'failure' ? 'warning' : 'info', service_account: told.actor?.serviceAccount ?? null };
}

function emailOf(account: string): string | null {
  return account.includes('@') ? account : null;
}

/** A network is not where anybody was. */
function addressOf({ address }: Pick<Pair, 'address'>): string | null {
  return address.includes('/') ? null : address;
}
