// Whether scopes hold an entry, as a condition of SQL: the twin of is-held.ts. Everything that was given from outside is a parameter.
import { filterSql } from '../filter/filter-sql.ts';
import type { SqlParameters } from '../filter/filter-sql.ts';
import { globAsSqlPattern } from './glob.ts';
import type { HeldScope } from './held-scope.ts';
import { noticeType } from './is-held.ts';

export interface HeldSqlOptions {
  readonly tenantId: string;
  /** Without what Holdfast wrote about the holds themselves. */
  readonly scopesOnly?: boolean;
  /** Of users only what they created: what they merely looked at is not theirs. */
  readonly contentOnly?: boolean;
  /** Null instead of false, for a WHERE or a FILTER by itself: under IS TRUE no index can be used. */
  readonly orNull?: boolean;
}

/** True or false, never null unless it is asked for, over `entry` under the alias e. */
export function heldSql(scopes: readonly HeldScope[], parameters: SqlParameters, { tenantId, scopesOnly = false, contentOnly = false, orNull = false }: HeldSqlOptions): string {
  if (scopes.length === 0) return 'false';
  const plain = scopes.filter(({ include, exclude }) => include === null && exclude === null);
  const conditions = [...plainConditions(plain, parameters, { tenantId, contentOnly })];
  for (const scope of scopes) {
    const { by } = scope;
    const narrowed = scope.include !== null || scope.exclude !== null;
    if (by.kind === 'folder') conditions.push(folderSql(scope, parameters));
    else if (by.kind === 'query') conditions.push(`(${filterSql(by.filter, parameters)}) AND ${pathsSql(scope, parameters)}`);
    else if (narrowed) conditions.push(`(${plainConditions([scope], parameters, { tenantId, contentOnly }).join(' OR ')}) AND ${pathsSql(scope, parameters)}`);
  }
  if (!scopesOnly) conditions.push(ownEntriesSql(scopes, parameters));
  const any = `((${conditions.join(') OR (')}))`;
  return orNull ? any : `${any} IS TRUE`;
}

/** Scopes of one kind that nothing narrows are one condition, however many they are. */
function plainConditions(scopes: readonly HeldScope[], parameters: SqlParameters, { tenantId, contentOnly }: { tenantId: string; contentOnly: boolean }): string[] {
  const users = new Set<string>();
  const shares = new Set<string>();
  const resources = new Set<string>();
  for (const { by } of scopes) {
    if (by.kind === 'users') for (const id of by.userIds) users.add(id);
    if (by.kind === 'share') shares.add(by.shareId);
    if (by.kind === 'resource') for (const id of by.resourceIds) resources.add(id);
  }
  const conditions: string[] = [];
  if (users.size > 0) {
    const ids = parameters.add([...users]);
    const tenant = parameters.add(tenantId);
    if (!contentOnly) conditions.push(`e.user_id = ANY (${ids}::text[])`, `e.target_user_id = ANY (${ids}::text[])`);
    conditions.push(
      `e.resource_id IN (
        SELECT c.resource_id FROM entry c WHERE c.tenant_id = ${tenant} AND c.change_type = 'created' AND c.user_id = ANY (${ids}::text[]) AND c.resource_id IS NOT NULL
        UNION ALL
        SELECT k.resource_id FROM held_resource k WHERE k.tenant_id = ${tenant} AND k.user_id = ANY (${ids}::text[]))`,
    );
  }
  if (shares.size > 0) conditions.push(`e.share_id = ANY (${parameters.add([...shares])}::text[])`);
  if (resources.size > 0) conditions.push(`e.resource_id = ANY (${parameters.add([...resources])}::text[])`);
  // Users of a scope may all be gone (a group without members): such a scope holds nothing.
  return conditions.length === 0 ? ['false'] : conditions;
}

function folderSql(scope: HeldScope, parameters: SqlParameters): string {
  if (scope.by.kind !== 'folder') throw new Error('only folders have roots');
  const { folderId, roots } = scope.by;
  const self = `e.resource_id = ${parameters.add(folderId)}`;
  if (roots.length === 0) return self;
  const shares = parameters.add(roots.map(({ shareId }) => shareId));
  const paths = parameters.add(roots.map(({ path }) => path));
  const relative = `CASE WHEN btrim(r.path, '/') = '' THEN btrim(p.path, '/') ELSE btrim(substr(btrim(p.path, '/'), length(btrim(r.path, '/')) + 2), '/') END`;
  return `${self} OR EXISTS (
    SELECT FROM unnest(${shares}::text[], ${paths}::text[]) AS r (share_id, path), (VALUES (e.path), (e.old_path), (e.new_path)) AS p (path)
    WHERE r.share_id = e.share_id AND p.path IS NOT NULL
      AND (btrim(r.path, '/') = '' OR btrim(p.path, '/') = btrim(r.path, '/') OR starts_with(btrim(p.path, '/'), btrim(r.path, '/') || '/'))
      AND ${passesSql(scope, relative, parameters)})`;
}

function pathsSql(scope: HeldScope, parameters: SqlParameters): string {
  if (scope.include === null && scope.exclude === null) return 'true';
  return `((e.path IS NULL AND e.old_path IS NULL AND e.new_path IS NULL) OR EXISTS (
    SELECT FROM (VALUES (e.path), (e.old_path), (e.new_path)) AS p (path)
    WHERE p.path IS NOT NULL AND ${passesSql(scope, `btrim(p.path, '/')`, parameters)}))`;
}

function passesSql({ include, exclude }: HeldScope, path: string, parameters: SqlParameters): string {
  const included = include === null ? 'true' : `${path} ~ ${parameters.add(globAsSqlPattern(include))}`;
  const kept = exclude === null ? 'true' : `${path} !~ ${parameters.add(globAsSqlPattern(exclude))}`;
  return `(${path} = '' OR (${included} AND ${kept}))`;
}

function ownEntriesSql(scopes: readonly HeldScope[], parameters: SqlParameters): string {
  const ids = parameters.add([...new Set(scopes.map(({ holdId }) => holdId))]);
  return `(e.own_action IS NOT NULL OR e.event_type = '${noticeType}') AND ((e.resource_type = 'legal_hold' AND e.resource_id = ANY (${ids}::text[])) OR (jsonb_typeof(e.details -> 'hold_ids') = 'array' AND jsonb_exists_any(e.details -> 'hold_ids', ${ids}::text[])))`;
}
