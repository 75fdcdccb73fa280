// What a summary is made of and checked against: a page of the feed, reduced to facts and to what they name.
import { callingUserName } from '../feed/present-event.ts';
import type { FeedRow } from '../feed/feed-row.ts';
import { formatCurrentTime } from '../shared/current-time.ts';
import { outcomes } from '../vocabulary/v1-words.ts';
import type { Outcome } from '../vocabulary/v1-words.ts';
import { entityOf, keyOf } from './entity.ts';
import type { Entity, EntityKey } from './entity.ts';

export interface SummaryEntry {
  readonly event: string;
  readonly outcome: Outcome;
  /** As the metrics count it. */
  readonly category: string;
  /** `YYYY-MM-DD HH:MM:SS` in UTC. */
  readonly at: string;
  readonly actor: EntityKey | null;
  /** Who acted where it was no person. */
  readonly actorKind: 'person' | 'service' | 'system';
  readonly target: EntityKey | null;
  readonly object: EntityKey | null;
  readonly workspace: EntityKey | null;
  readonly share: EntityKey | null;
}

/** Everything else an entry tells (details, paths, addresses) stays where it is: nothing of it leaves the log. */
export interface SummaryInput {
  /** Newest first, as the reader is shown them. */
  readonly entries: readonly SummaryEntry[];
  readonly entities: readonly Entity[];
  readonly userContext: string;
}

export function summaryInput(rows: readonly FeedRow[], { userContext }: { readonly userContext: string }): SummaryInput {
  const entities = new Map<EntityKey, Entity>();
  const named = (entity: Entity | null): EntityKey | null => {
    if (entity === null) return null;
    const key = keyOf(entity);
    const known = entities.get(key);
    // The newest entry's name counts, unless it has none.
    if (known === undefined || known.name === known.id) entities.set(key, entity);
    return key;
  };
  const entries = rows.map((row): SummaryEntry => ({
    event: row.event,
    outcome: outcomes.find((known) => known === row.outcome) ?? 'success',
    category: categoryOf(row),
    at: formatCurrentTime(Number(row.event_micros)),
    actor: named(entityOf({ type: 'user', id: row.user_id, name: callingUserName(row) })),
    actorKind: row.user_id !== null ? 'person' : row.service_account !== null ? 'service' : 'system',
    target: named(entityOf({ type: 'user', id: row.target_user_id, name: row.known_target_name })),
    object: named(objectOf(row)),
    workspace: named(entityOf({ type: 'workspace', id: row.workspace_id, name: row.known_workspace_name })),
    share: named(entityOf({ type: 'share', id: row.share_id, name: row.known_share_name })),
  }));
  return { entries, entities: [...entities.values()], userContext };
}

function categoryOf({ sub_category: subCategory, current_category: category }: FeedRow): string {
  return subCategory === '' ? category : subCategory;
}

function objectOf({ resource_type: type, resource_id: id, resource_name: name, path, new_path: newPath }: FeedRow): Entity | null {
  if (type !== 'file' && type !== 'folder' && type !== 'workspace' && type !== 'share') return null;
  return entityOf({ type, id, name: name ?? lastOf(newPath ?? path) });
}

function lastOf(path: string | null): string | null {
  return path === null ? null : path.slice(path.lastIndexOf('/') + 1);
}
