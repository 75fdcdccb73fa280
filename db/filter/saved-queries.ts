// Saved queries kept and found: one's own, and those that are shared in the tenant. All inside an open unit of work.
import type { SavedQuery, SavedQueryInput, SavedQueryPatch } from '../../domain/filter/saved-query.schema.ts';
import type { JsonObject } from '../../domain/shared/json.ts';
import { pageOf } from '../list-page.ts';
import type { Page, PageAsked } from '../list-page.ts';
import type { Em } from '../orm.ts';
import { SavedQueryRow } from './saved-query.entity.ts';
import type { SavedQueryRowType } from './saved-query.entity.ts';

export interface QueryReader {
  readonly tenantId: string;
  readonly userId: string;
}

export async function listSavedQueries(em: Em, { tenantId, userId }: QueryReader, { afterId, limit }: PageAsked): Promise<Page<SavedQuery>> {
  const rows = await em.find(
    SavedQueryRow,
    { tenantId, id: { $gt: afterId }, $or: [{ shared: true }, { createdBy: userId }] },
    { orderBy: { id: 'asc' }, limit: limit + 1 },
  );
  return pageOf(rows.map(present), { limit });
}

/** Null for one that is absent, or somebody else's and not shared. */
export async function findSavedQuery(em: Em, { tenantId, userId }: QueryReader, id: string): Promise<SavedQuery | null> {
  const row = await em.findOne(SavedQueryRow, { tenantId, id, $or: [{ shared: true }, { createdBy: userId }] });
  return row === null ? null : present(row);
}

export async function countSavedQueries(em: Em, { tenantId, userId }: QueryReader): Promise<number> {
  return em.count(SavedQueryRow, { tenantId, createdBy: userId });
}

export function addSavedQuery(em: Em, { tenantId, userId }: QueryReader, { id, input, now }: { id: string; input: SavedQueryInput; now: Date }): SavedQuery {
  const { name, filter, shared } = input;
  return present(em.create(SavedQueryRow, { tenantId, id, name, filter: stored(filter), shared, createdBy: userId, createdAt: now, updatedAt: now }));
}

export async function changeSavedQuery(em: Em, tenantId: string, { id, patch, now }: { id: string; patch: SavedQueryPatch; now: Date }): Promise<SavedQuery> {
  const row = await em.findOneOrFail(SavedQueryRow, { tenantId, id });
  if (patch.name !== undefined) row.name = patch.name;
  if (patch.shared !== undefined) row.shared = patch.shared;
  if (patch.filter !== undefined) row.filter = stored(patch.filter);
  row.updatedAt = now;
  return present(row);
}

export async function removeSavedQuery(em: Em, tenantId: string, id: string): Promise<void> {
  await em.nativeDelete(SavedQueryRow, { tenantId, id });
}

/** Parameters that were not given are no part of what is kept. */
function stored(filter: SavedQueryInput['filter']): JsonObject {
  return JSON.parse(JSON.stringify(filter)) as JsonObject;
}

function present({ id, name, filter, shared, createdBy, createdAt, updatedAt }: SavedQueryRowType): SavedQuery {
  return { id, name, filter: { ...filter }, shared, created_by: createdBy, created_at: createdAt.toISOString(), updated_at: updatedAt.toISOString() };
}
