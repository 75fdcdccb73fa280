// The frame of every directory write: one transaction, the writers of a tenant one after the other, and one entry per effective change.
import { may } from '../../domain/access/may.ts';
import type { Asker, Subject } from '../../domain/access/may.ts';
import type { Principal } from '../../domain/access/principal.ts';
import { isSentAway } from '../../domain/access/standing.ts';
import type { DirectoryEvent } from '../../domain/directory/decision.ts';
import { ownEntry } from '../../domain/journal/own-entry.ts';
import type { Clock } from '../../domain/shared/clock.ts';
import type { Ids } from '../../domain/shared/ids.ts';
import { isRefusal, refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { askingIn } from '../access/ask.ts';
import type { Ask } from '../access/ask.ts';
import { readAsker } from '../access/read-asker.ts';
import type { Effects } from '../effect.ts';
import type { Em } from '../orm.ts';

export interface DirectoryWorld {
  readonly effects: Effects;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Who writes, and in which request. */
export interface Writer {
  readonly principal: Principal;
  readonly requestId: string | null;
  /** The right to write was shown otherwise than by a token: by the signature of the identity provider. */
  readonly isTrusted?: boolean;
}

export interface OpenDirectory {
  readonly em: Em;
  readonly ask: Ask;
  readonly tenantId: string;
  readonly now: Date;
  /** A refusal when this writer may not write to that. */
  refuseUnlessWritable(subject: Subject): Refusal | null;
}

/** What a write answers, and the entry that tells of it; no entry when nothing changed. */
export interface Written<T> {
  readonly result: T;
  readonly event: DirectoryEvent | null;
}

/** What a PUT answers: the object as it is now, and whether it was not there before. */
export interface Put<Shown> {
  readonly shown: Shown;
  readonly created: boolean;
}

export async function writeDirectory<T>(
  { effects, clock, ids }: DirectoryWorld,
  { principal, requestId, isTrusted = false }: Writer,
  work: (directory: OpenDirectory) => Promise<Written<T> | Refusal>,
): Promise<T | Refusal> {
  const { tenantId } = principal;
  return effects.run(tenantId, async (em) => {
    const asker = await enter(askingIn(em), principal);
    if (isRefusal(asker)) return asker;
    if (isSentAway(asker.standing) && !isTrusted) return refuse('AUTHZ_USER_SUSPENDED');
    const nowMs = clock.nowMs();
    const written = await work({
      em,
      ask: askingIn(em),
      tenantId,
      now: new Date(nowMs),
      refuseUnlessWritable: (subject) => (isTrusted || may({ asker, deed: 'write-directory', subject }) ? null : refuse('FORBIDDEN')),
    });
    if (isRefusal(written)) return written;
    const { result, event } = written;
    return { result, entries: event === null ? [] : [ownEntry({ ...event, id: ids.next(), nowMs, actor: principal, requestId })] };
  });
}

/**
 * Decisions look at several rows (parents, members, the writer's own standing), so two writes must not decide at once. The lock lets rows
 * that refer to the tenant be inserted meanwhile: devices register and entries arrive as before.
 */
async function enter(ask: Ask, principal: Principal): Promise<Asker | Refusal> {
  const locked = await ask({
    name: 'lock-directory',
    text: 'SELECT 1 AS locked FROM tenant WHERE tenant_id = $1 FOR NO KEY UPDATE',
    values: [principal.tenantId],
  });
  if (locked.length === 0) return refuse('TENANT_UNKNOWN');
  return readAsker(ask, principal);
}
