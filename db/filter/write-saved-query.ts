// The frame of every write of a saved query: today's rights, the change and its entry in one transaction.
import { may } from '../../domain/access/may.ts';
import type { Principal } from '../../domain/access/principal.ts';
import type { SavedQuery, SavedQueryInput, SavedQueryPatch } from '../../domain/filter/saved-query.schema.ts';
import { ownEntry } from '../../domain/journal/own-entry.ts';
import type { OwnActionName } from '../../domain/own-action/own-actions.ts';
import type { Clock } from '../../domain/shared/clock.ts';
import type { Ids } from '../../domain/shared/ids.ts';
import type { JsonObject } from '../../domain/shared/json.ts';
import { isRefusal, refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { askingIn } from '../access/ask.ts';
import { readAsker } from '../access/read-asker.ts';
import type { Effect } from '../effect-frame.ts';
import type { Effects } from '../effect.ts';
import type { Em } from '../orm.ts';
import { addSavedQuery, changeSavedQuery, countSavedQueries, findSavedQuery, removeSavedQuery } from './saved-queries.ts';

export interface SavedQueryWorld {
  readonly effects: Effects;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface QueryWriter {
  readonly principal: Principal;
  readonly requestId: string;
}

const queriesPerUser = 1_000;

export function createSavedQuery(world: SavedQueryWorld, writer: QueryWriter, input: SavedQueryInput): Promise<SavedQuery | Refusal> {
  return write(world, writer, async ({ em, reader, now }) => {
    if ((await countSavedQueries(em, reader)) >= queriesPerUser) return refuse('CONFLICT', { message: `A user keeps at most ${String(queriesPerUser)} saved queries.` });
    const saved = addSavedQuery(em, reader, { id: `qry_${world.ids.next()}`, input, now });
    return { result: saved, tell: { action: 'create_saved_query', saved } };
  });
}

export function patchSavedQuery(world: SavedQueryWorld, writer: QueryWriter, { id, patch }: { readonly id: string; readonly patch: SavedQueryPatch }): Promise<SavedQuery | Refusal> {
  return write(world, writer, async ({ em, reader, now, mayManage }) => {
    const before = await findSavedQuery(em, reader, id);
    if (before === null) return refuse('NOT_FOUND');
    if (before.created_by !== reader.userId && !mayManage) return refuse('FORBIDDEN');
    const saved = await changeSavedQuery(em, reader.tenantId, { id, patch, now });
    const unchanged = JSON.stringify({ ...saved, updated_at: '' }) === JSON.stringify({ ...before, updated_at: '' });
    return unchanged ? { result: before, tell: null } : { result: saved, tell: { action: 'update_saved_query', saved } };
  });
}

export function deleteSavedQuery(world: SavedQueryWorld, writer: QueryWriter, id: string): Promise<undefined | Refusal> {
  return write(world, writer, async ({ em, reader, mayManage }) => {
    const saved = await findSavedQuery(em, reader, id);
    if (saved === null) return refuse('NOT_FOUND');
    if (saved.created_by !== reader.userId && !mayManage) return refuse('FORBIDDEN');
    await removeSavedQuery(em, reader.tenantId, id);
    return { result: undefined, tell: { action: 'delete_saved_query', saved } };
  });
}

interface Writing {
  readonly em: Em;
  readonly reader: { readonly tenantId: string; readonly userId: string };
  readonly now: Date;
  /** Somebody else's queries, too. */
  readonly mayManage: boolean;
}

interface Written<T> {
  readonly result: T;
  readonly tell: { readonly action: OwnActionName; readonly saved: SavedQuery } | null;
}

function write<T>({ effects, clock, ids }: SavedQueryWorld, { principal, requestId }: QueryWriter, work: (writing: Writing) => Promise<Written<T> | Refusal>): Promise<T | Refusal> {
  const { tenantId, userId } = principal;
  return effects.run(tenantId, async (em): Promise<Effect<T> | Refusal> => {
    const asker = await readAsker(askingIn(em), principal);
    const subject = { kind: 'tenant' } as const;
    if (!may({ asker, deed: 'read-audit', subject })) return refuse('FORBIDDEN');
    const nowMs = clock.nowMs();
    const written = await work({ em, reader: { tenantId, userId }, now: new Date(nowMs), mayManage: may({ asker, deed: 'manage-compliance', subject }) });
    if (isRefusal(written)) return written;
    const { result, tell } = written;
    if (tell === null) return { result, entries: [] };
    const { action, saved } = tell;
    const details: JsonObject = { name: saved.name, shared: saved.shared, filter: saved.filter as JsonObject };
    const entry = ownEntry({ id: ids.next(), nowMs, ownAction: action, actor: principal, requestId, resourceType: 'saved_query', resourceId: saved.id, resourceName: saved.name, details });
    return { result, entries: [entry] };
  });
}
