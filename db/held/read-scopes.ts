// The scopes in force of a tenant, as the statement after the gate sees them.
import { filterFromJson } from '../../domain/filter/filter-json.ts';
import { globOf } from '../../domain/held/glob.ts';
import type { HeldScope, Root, ScopeBy } from '../../domain/held/held-scope.ts';
import type { Ask } from '../access/ask.ts';

export interface ScopesAsked {
  readonly tenantId: string;
  /** Only these items; without it all that are in force. */
  readonly itemIds?: readonly string[];
}

/** A hold that cannot be read is a failure: whoever wanted to remove then removes nothing. */
export async function readScopes(ask: Ask, { tenantId, itemIds }: ScopesAsked): Promise<HeldScope[]> {
  const rows = await ask<ScopeRow>({
    name: 'scopes-in-force',
    text: `SELECT i.hold_id, i.id, i.scope_type, i.scope_ids, i.selection, i.include_pattern, i.exclude_pattern,
        CASE WHEN i.scope_type = 'group' THEN (SELECT coalesce(array_agg(u.user_id), '{}') FROM legal_hold_user u WHERE u.tenant_id = $1 AND u.item_id = i.id) END AS members
      FROM legal_hold_item i
      WHERE i.tenant_id = $1 AND i.released_at IS NULL AND ($2::text[] IS NULL OR i.id = ANY ($2))
      ORDER BY i.id`,
    values: [tenantId, itemIds ?? null],
  });
  const roots = await readRoots(ask, tenantId, rows.flatMap(({ scope_type: type, scope_ids: ids }) => (type === 'folder' ? ids : [])));
  return rows.map((row) => ({
    holdId: row.hold_id,
    itemId: row.id,
    by: scopeBy(row, roots),
    include: row.include_pattern === null ? null : globOf(row.include_pattern),
    exclude: row.exclude_pattern === null ? null : globOf(row.exclude_pattern),
  }));
}

interface ScopeRow {
  readonly hold_id: string;
  readonly id: string;
  readonly scope_type: 'user' | 'group' | 'share' | 'folder' | 'resource' | 'query';
  readonly scope_ids: readonly string[];
  readonly selection: unknown;
  readonly include_pattern: string | null;
  readonly exclude_pattern: string | null;
  readonly members: readonly string[] | null;
}

function scopeBy({ scope_type: type, scope_ids: ids, selection, members }: ScopeRow, roots: ReadonlyMap<string, readonly Root[]>): ScopeBy {
  const [first] = ids;
  switch (type) {
    case 'user':
      return { kind: 'users', userIds: ids };
    case 'group':
      return { kind: 'users', userIds: members ?? [] };
    case 'resource':
      return { kind: 'resource', resourceIds: ids };
    case 'query':
      return { kind: 'query', filter: filterFromJson(selection) };
    case 'share':
    case 'folder':
      if (first === undefined) throw new Error(`a hold of a ${type} names none`);
      return type === 'share' ? { kind: 'share', shareId: first } : { kind: 'folder', folderId: first, roots: roots.get(first) ?? [] };
  }
}

/** Every place a folder has, or had, as its own entries tell it. */
export async function readRoots(ask: Ask, tenantId: string, folderIds: readonly string[]): Promise<Map<string, Root[]>> {
  const roots = new Map<string, Root[]>();
  if (folderIds.length === 0) return roots;
  const rows = await ask<{ folder_id: string; share_id: string; path: string }>({
    name: 'roots-of-folders',
    text: `SELECT DISTINCT e.resource_id AS folder_id, e.share_id, p.path
      FROM entry e, LATERAL (VALUES (e.path), (e.old_path), (e.new_path)) AS p (path)
      WHERE e.tenant_id = $1 AND e.resource_id = ANY ($2) AND e.resource_type = 'folder' AND e.share_id IS NOT NULL AND p.path IS NOT NULL`,
    values: [tenantId, folderIds],
  });
  for (const { folder_id: folderId, share_id: shareId, path } of rows) roots.set(folderId, [...(roots.get(folderId) ?? []), { shareId, path }]);
  return roots;
}
