// Whose rights an entry of the directory or of sessions may have changed: those who wait ask again only then.
import type { EntryFacts } from '../../domain/journal/entry.ts';

export type NamedByEntry = Pick<EntryFacts, 'resource_type' | 'resource_id' | 'target_user_id' | 'org_id' | 'workspace_id' | 'share_id'>;

/** Tells of somebody who watches these ids (themselves, and the profile with its parents) whether to ask again. */
export function rightsConcern(entries: readonly NamedByEntry[]): (watched: ReadonlySet<string>) => boolean {
  if (entries.some(concernsEverybody)) return () => true;
  const named = new Set(entries.flatMap(idsOf));
  return (watched) => [...watched].some((id) => named.has(id));
}

/** Who belongs to a group is not written on its entries; and what names nobody may mean anybody. */
function concernsEverybody(entry: NamedByEntry): boolean {
  return entry.resource_type === 'group' || idsOf(entry).length === 0;
}

function idsOf({ resource_type: type, resource_id: resource, target_user_id: user, org_id: org, workspace_id: workspace, share_id: share }: NamedByEntry): string[] {
  const thing = type === 'user' || type === 'org' || type === 'workspace' || type === 'share' ? resource : null;
  return [thing, user, org, workspace, share].filter((id) => id !== null);
}
