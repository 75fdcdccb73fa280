// The gate: decides about attempts to sign in on the pair's row, and writes each consequence in the same transaction.
import { lockoutEntry, suspiciousAccountEntry } from '../../domain/lockout/lockout-entries.ts';
import { pairOf, plainAddress } from '../../domain/lockout/pair-name.ts';
import { withoutAddresses } from '../../domain/lockout/count-behind.ts';
import type { Counted } from '../../domain/lockout/count-behind.ts';
import { report, reserve, settle, unlock } from '../../domain/lockout/pair-state.ts';
import type { OpenAttempt, PairEvent, Reservation, ReportedOutcome, Step } from '../../domain/lockout/pair-state.ts';
import type { EntryFacts } from '../../domain/journal/entry.ts';
import type { OwnAction } from '../../domain/journal/own-entry.ts';
import { isRefusal, refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import type { Ids } from '../../domain/shared/ids.ts';
import type { Ask } from '../access/ask.ts';
import type { PlainEffects } from '../plain-effect.ts';
import { lockOrMakePair, lockPair, writePair } from './pair-row.ts';
import type { LockedPair } from './pair-row.ts';
import { forgetAccount, watchAccount } from './watch-account.ts';

export interface GateWorld {
  readonly write: PlainEffects['run'];
  readonly ids: Ids;
}

/** In whose name it is asked. */
export interface Asking {
  readonly tenantId: string;
  readonly actor: OwnAction['actor'];
  readonly requestId: string | null;
}

export type Reserved = Reservation & { readonly attemptId: string };

export async function reserveAttempt(world: GateWorld, asking: Asking, { account, address }: { account: string; address: string }): Promise<Reserved | Refusal> {
  const pair = pairOf({ account, address });
  const attemptId = `${pair.id}.${world.ids.next()}`;
  return world.write(asking.tenantId, async (ask) => {
    const locked = await lockOrMakePair(ask, { tenantId: asking.tenantId, pair });
    const { now, rules } = locked;
    const step = reserve(locked.state, { attemptId, address: plainAddress(address), now, rules });
    const { entries } = await take(ask, { world, asking, locked, step });
    return { result: { ...step.answer, attemptId }, entries };
  });
}

export async function reportAttempt(world: GateWorld, asking: Asking, { attemptId, outcome }: { attemptId: string; outcome: ReportedOutcome }): Promise<null | Refusal> {
  const id = attemptId.slice(0, attemptId.indexOf('.'));
  // What the passing of time has brought is written although the report itself is refused.
  const answer = await world.write<null | Refusal>(asking.tenantId, async (ask) => {
    const locked = await lockPair(ask, { tenantId: asking.tenantId, id });
    if (locked === null) return refuse('NOT_FOUND');
    const { now, rules } = locked;
    const step = report(locked.state, { attemptId, outcome, now, rules });
    const { entries } = await take(ask, { world, asking, locked, step });
    const refusal =
      step.answer === 'unknown'
        ? refuse('NOT_FOUND')
        : step.answer === 'other outcome'
          ? refuse('CONFLICT', { message: 'The attempt is closed with another outcome; one that is not reported within 60 seconds is a failure.' })
          : null;
    return { result: refusal, entries };
  });
  return answer;
}

export async function endLockout(world: GateWorld, asking: Asking, { id, reason }: { id: string; reason: string }): Promise<null | Refusal> {
  const ended = await world.write<boolean>(asking.tenantId, async (ask) => {
    const locked = await lockPair(ask, { tenantId: asking.tenantId, id });
    if (locked === null) return refuse('NOT_FOUND');
    const { now, rules } = locked;
    const step = unlock(locked.state, { now, rules }) ?? settle(locked.state, { now, rules });
    const { entries } = await take(ask, { world, asking, locked, step, reason });
    return { result: step.events.some((event) => event.kind === 'unlocked' && event.by === 'hand'), entries };
  });
  if (isRefusal(ended)) return ended;
  return ended ? null : refuse('NOT_FOUND');
}

/** What time has made of a pair is made true in its row; a pair with nothing left to say is written off. */
export async function settlePair(world: GateWorld, { tenantId, id }: { tenantId: string; id: string }): Promise<Counted | null> {
  const settled = await world.write(tenantId, async (ask) => {
    const locked = await lockPair(ask, { tenantId, id });
    if (locked === null) return { result: null, entries: [] };
    const step = settle(locked.state, locked);
    const { entries, version } = await take(ask, { world, asking: { tenantId, actor: null, requestId: null }, locked, step });
    await writeOff(ask, { tenantId, id, account: locked.pair.account });
    return { result: { version, state: withoutAddresses(step.state), rules: locked.rules }, entries };
  });
  if (isRefusal(settled)) throw new Error(`the lockout of ${tenantId} could not be settled: ${settled.message}`);
  return settled;
}

interface Taking {
  readonly world: GateWorld;
  readonly asking: Asking;
  readonly locked: LockedPair;
  readonly step: Step;
  readonly reason?: string;
}

async function take(ask: Ask, { world: { ids }, asking: { tenantId, actor, requestId }, locked, step, reason }: Taking): Promise<{ entries: EntryFacts[]; version: number }> {
  const { pair, now, settings } = locked;
  const { version } = await writePair(ask, locked, step);
  const told = (address: string | null) => ({ pair, address, id: ids.next(), now, actor, requestId, ...(reason === undefined ? {} : { reason }) });
  const entries = step.events.map((event, index) => lockoutEntry(event, told(addressOf(step.events.slice(0, index + 1), locked.state.open))));
  if (step.events.some(({ kind }) => kind === 'failed')) {
    const addresses = await watchAccount(ask, { tenantId, account: pair.account, failedBeforeAt: locked.lastFailureAt, now, limit: settings.suspicious_login_addresses });
    if (addresses !== null) entries.push(suspiciousAccountEntry(told(addressOf(step.events, locked.state.open)), { addresses }));
  }
  return { entries, version };
}

/** Of the attempt that was closed last, since a lock that follows is about that one; the end of a lock is about none. */
function addressOf(events: readonly PairEvent[], open: readonly OpenAttempt[]): string | null {
  if (events.at(-1)?.kind === 'unlocked') return null;
  const closing = events.findLast((event) => event.kind === 'failed' || event.kind === 'succeeded');
  return open.find(({ id }) => id === closing?.attemptId)?.address ?? null;
}

/** Kept as long as the address counts among those that tried the account, and as somebody is still to be told of it. */
async function writeOff(ask: Ask, { tenantId, id, account }: { tenantId: string; id: string; account: string }): Promise<void> {
  const gone = await ask({
    name: 'write-off-lockout-pair',
    text: `DELETE FROM lockout_pair WHERE tenant_id = $1 AND id = $2 AND failures = 0 AND locked_until IS NULL AND jsonb_array_length(state->'open') = 0
      AND last_failure_at < now() - interval '1 hour' AND (version = signalled_version OR signalled_version = 0) RETURNING id`,
    values: [tenantId, id],
  });
  if (gone.length > 0) await forgetAccount(ask, { tenantId, account });
}
