// The frame of every write to holds: one transaction, the writer's rights as they are now, and the entries that tell of it.
import { may } from '../../domain/access/may.ts';
import type { Principal } from '../../domain/access/principal.ts';
import type { EntryFacts } from '../../domain/journal/entry.ts';
import { ownEntry } from '../../domain/journal/own-entry.ts';
import type { OwnAction } from '../../domain/journal/own-entry.ts';
import type { Clock } from '../../domain/shared/clock.ts';
import type { Ids } from '../../domain/shared/ids.ts';
import { formatInstant } from '../../domain/shared/instant.ts';
import { isRefusal, refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { askingIn } from '../access/ask.ts';
import type { Ask } from '../access/ask.ts';
import { readAsker } from '../access/read-asker.ts';
import type { Effects } from '../effect.ts';
import { closeGate } from '../held/gate.ts';
import type { Pool } from '../pool.ts';

export interface HoldWorld {
  readonly effects: Effects;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface HoldWriter {
  readonly principal: Principal;
  readonly requestId: string;
}

export interface OpenHolds {
  readonly ask: Ask;
  readonly tenantId: string;
  readonly now: string;
  /** An entry of this write; its id, time, actor and request are filled in. */
  entry(own: Omit<OwnAction, 'id' | 'nowMs' | 'actor' | 'requestId'>): EntryFacts;
}

export interface WrittenHold<T> {
  readonly result: T;
  readonly entries: readonly EntryFacts[];
}

/** With the gate closed nothing is removed until the write has ended; needed by whatever makes entries held. */
export function writeHold<T>(
  { effects, clock, ids }: HoldWorld,
  { writer: { principal, requestId }, gate }: { readonly writer: HoldWriter; readonly gate: 'closed' | 'open' },
  work: (open: OpenHolds) => Promise<WrittenHold<T> | Refusal>,
): Promise<T | Refusal> {
  const { tenantId } = principal;
  return effects.run(tenantId, async (em) => {
    const ask = askingIn(em);
    if (gate === 'closed') await closeGate(ask, tenantId);
    const asker = await readAsker(ask, principal);
    if (!may({ asker, deed: 'manage-compliance', subject: { kind: 'tenant' } })) return refuse('FORBIDDEN');
    const nowMs = clock.nowMs();
    const entry: OpenHolds['entry'] = (own) => ownEntry({ ...own, id: ids.next(), nowMs, actor: principal, requestId });
    const written = await work({ ask, tenantId, now: formatInstant(nowMs * 1000), entry });
    return isRefusal(written) ? written : { result: written.result, entries: written.entries };
  });
}
