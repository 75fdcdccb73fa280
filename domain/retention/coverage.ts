// Which entries a policy covers, as SQL and as a function of one entry.
import { filterFromJson } from '../filter/filter-json.ts';
import { filterSql } from '../filter/filter-sql.ts';
import type { SqlParameters } from '../filter/filter-sql.ts';
import { matches } from '../filter/matches.ts';
import type { Matchable } from '../filter/matches.ts';
import { heldSql } from '../held/held-sql.ts';
import type { HeldScope, Root } from '../held/held-scope.ts';
import { isInScope } from '../held/is-held.ts';
import type { PolicyState } from './decide-policy.ts';

export type Covering = Pick<PolicyState, 'scope_type' | 'scope_ids' | 'selection'>;
export type RootsOfFolders = ReadonlyMap<string, readonly Root[]>;

/** True or false over `entry` under the alias e. */
export function coverageSql(policy: Covering, parameters: SqlParameters, { tenantId, roots }: { tenantId: string; roots: RootsOfFolders }): string {
  const selected = policy.selection === null ? 'true' : `(${filterSql(filterFromJson(policy.selection), parameters)}) IS TRUE`;
  return `(${scopeSql(policy, parameters, { tenantId, roots })} AND ${selected})`;
}

export function covers(policy: Covering, entry: Matchable, roots: RootsOfFolders): boolean {
  return isInPolicyScope(policy, entry, roots) && (policy.selection === null || matches(filterFromJson(policy.selection))(entry));
}

function scopeSql({ scope_type: type, scope_ids: ids }: Covering, parameters: SqlParameters, { tenantId, roots }: { tenantId: string; roots: RootsOfFolders }): string {
  switch (type) {
    case 'tenant':
      return 'true';
    case 'share':
      return `(e.share_id = ANY (${parameters.add(ids)}::text[])) IS TRUE`;
    case 'user':
      return `(e.user_id = ANY (${parameters.add(ids)}::text[])) IS TRUE`;
    case 'folder':
      return heldSql(ids.map((id) => folderScope(id, roots)), parameters, { tenantId, scopesOnly: true });
  }
}

function isInPolicyScope({ scope_type: type, scope_ids: ids }: Covering, entry: Matchable, roots: RootsOfFolders): boolean {
  switch (type) {
    case 'tenant':
      return true;
    case 'share':
      return entry.share_id !== null && ids.includes(entry.share_id);
    case 'user':
      return entry.user_id !== null && ids.includes(entry.user_id);
    case 'folder':
      return ids.some((id) => isInScope(folderScope(id, roots), entry, { creators: new Set() }));
  }
}

/** A folder means the same to a policy as to a hold. */
function folderScope(folderId: string, roots: RootsOfFolders): HeldScope {
  return { holdId: '', itemId: '', by: { kind: 'folder', folderId, roots: roots.get(folderId) ?? [] }, include: null, exclude: null };
}
