// Entries that tell of the same thing: what one person did in one way, counted.
import type { Entity, EntityKey } from './entity.ts';
import { keyOf } from './entity.ts';
import type { SummaryEntry, SummaryInput } from './summary-input.ts';

export interface Group {
  readonly first: SummaryEntry;
  readonly entries: readonly SummaryEntry[];
  /** Each once, the newest first. */
  readonly objects: readonly Entity[];
  readonly targets: readonly Entity[];
  /** Where all of it happened; null when it was in several places. */
  readonly place: Entity | null;
}

/** The largest first; what the reader wants looked at goes before the rest. */
export function groupsOf({ entries, entities, userContext }: SummaryInput, { words }: { words(entry: SummaryEntry): string }): readonly Group[] {
  const known = new Map(entities.map((entity) => [keyOf(entity), entity]));
  const groups = [...Map.groupBy(entries, ({ event, outcome, actor, actorKind }) => JSON.stringify([event, outcome, actor, actorKind])).values()];
  const wanted = stems(userContext);
  const wantedIn = (text: string): number => wanted.filter((stem) => text.toLowerCase().includes(stem)).length;
  return groups
    .flatMap((group) => {
      const [first] = group;
      return first === undefined ? [] : [groupFrom({ first, entries: group }, known)];
    })
    .map((group) => ({ group, fit: wantedIn(`${words(group.first)} ${group.first.event} ${group.first.category} ${nameOf(known, group.first.actor)}`) }))
    .sort((a, b) => b.fit - a.fit || b.group.entries.length - a.group.entries.length)
    .map(({ group }) => group);
}

function groupFrom({ first, entries }: Pick<Group, 'first' | 'entries'>, known: ReadonlyMap<EntityKey, Entity>): Group {
  const named = (keys: readonly (EntityKey | null)[]): Entity[] => [...new Set(keys)].flatMap((key) => (key === null ? [] : (known.get(key) ?? [])));
  const places = new Set(entries.map(({ share, workspace }) => share ?? workspace));
  const [place] = named([...places]);
  return {
    first,
    entries,
    objects: named(entries.map(({ object }) => object)),
    targets: named(entries.map(({ target }) => target)),
    place: places.size === 1 ? (place ?? null) : null,
  };
}

function nameOf(known: ReadonlyMap<EntityKey, Entity>, key: EntityKey | null): string {
  return key === null ? '' : (known.get(key)?.name ?? '');
}

/** Words without their endings: "uploads" finds what was uploaded. */
function stems(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{Nd}]{4,}/gu) ?? [];
  return words.filter((word) => !guidance.has(word)).map((word) => word.replace(/(?:ing|ed|es|s)$/u, ''));
}

/** Words by which guidance is given, and which say nothing of what is wanted. */
const guidance = new Set(['focus', 'focusing', 'only', 'please', 'about', 'mostly', 'what', 'which', 'show', 'tell', 'summarize', 'summary', 'events', 'event', 'activity', 'change', 'changes', 'with', 'from', 'that', 'this']);
