// Whether scopes hold an entry, decided in memory: the twin of the SQL in held-sql.ts.
import { matches } from '../filter/matches.ts';
import type { Matchable } from '../filter/matches.ts';
import { globMatches } from './glob.ts';
import { trimmedPath } from './held-scope.ts';
import type { HeldScope, Root } from './held-scope.ts';

/** What the log knows besides the entry itself. */
export interface HeldKnowledge {
  /** Whose entries created the resource of the entry. */
  readonly creators: ReadonlySet<string>;
}

/** Custodians are told by an entry that is nobody's own action. */
export const noticeType = 'compliance.legal_hold_notice';

/** Which of the scopes hold the entry. */
export function holdingScopes(scopes: readonly HeldScope[], entry: Matchable, knowledge: HeldKnowledge): HeldScope[] {
  return scopes.filter((scope) => isOwnEntryAbout(scope.holdId, entry) || isInScope(scope, entry, knowledge));
}

/** The scope alone, without what Holdfast wrote about its hold. */
export function isInScope(scope: HeldScope, entry: Matchable, { creators }: HeldKnowledge): boolean {
  const { by } = scope;
  switch (by.kind) {
    case 'users':
      return by.userIds.some((id) => id === entry.user_id || id === entry.target_user_id || (entry.resource_id !== null && creators.has(id))) && pathsPass(scope, entry);
    case 'share':
      return entry.share_id === by.shareId && pathsPass(scope, entry);
    case 'folder':
      return entry.resource_id === by.folderId || by.roots.some((root) => isUnder(root, scope, entry));
    case 'resource':
      return entry.resource_id !== null && by.resourceIds.includes(entry.resource_id) && pathsPass(scope, entry);
    case 'query':
      return matches(by.filter)(entry) && pathsPass(scope, entry);
  }
}

export function isOwnEntryAbout(holdId: string, { own_action: action, event_type: eventType, resource_type: type, resource_id: id, details }: Matchable): boolean {
  if (action === null && eventType !== noticeType) return false;
  const named = details?.['hold_ids'];
  return (type === 'legal_hold' && id === holdId) || (Array.isArray(named) && named.includes(holdId));
}

function pathsPass(scope: HeldScope, entry: Matchable): boolean {
  if (scope.include === null && scope.exclude === null) return true;
  const paths = pathsOf(entry);
  return paths.length === 0 || paths.some((path) => passes(scope, path));
}

function isUnder({ shareId, path: root }: Root, scope: HeldScope, entry: Matchable): boolean {
  if (entry.share_id !== shareId) return false;
  const base = trimmedPath(root);
  return pathsOf(entry).some((path) => {
    if (path === base) return true;
    if (base !== '' && !path.startsWith(`${base}/`)) return false;
    return passes(scope, trimmedPath(path.slice(base.length)));
  });
}

/** An empty path is the scope's root itself, which no pattern is about. */
function passes({ include, exclude }: HeldScope, path: string): boolean {
  return path === '' || ((include === null || globMatches(include, path)) && (exclude === null || !globMatches(exclude, path)));
}

function pathsOf({ path, old_path: oldPath, new_path: newPath }: Matchable): string[] {
  return [path, oldPath, newPath].filter((one) => one !== null).map(trimmedPath);
}
