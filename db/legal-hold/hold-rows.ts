// The rows of holds and items, as they are shown.
import type { Hold, Item } from '../../domain/legal-hold/legal-hold.schema.ts';
import type { Ask } from '../access/ask.ts';
import { pageOf } from '../list-page.ts';
import type { Page, PageAsked } from '../list-page.ts';

export interface HoldRef {
  readonly tenantId: string;
  readonly holdId: string;
}

export async function findHold(ask: Ask, { tenantId, holdId }: HoldRef): Promise<Hold | null> {
  const [row] = await ask<HoldRow>({ name: 'find-hold', text: `SELECT ${holdColumns} FROM legal_hold h WHERE h.tenant_id = $1 AND h.id = $2`, values: [tenantId, holdId] });
  return row === undefined ? null : asHold(row);
}

/** Whoever changes a hold changes it alone. */
export async function lockHold(ask: Ask, { tenantId, holdId }: HoldRef): Promise<Hold | null> {
  const rows = await ask({ name: 'lock-hold', text: 'SELECT 1 AS locked FROM legal_hold WHERE tenant_id = $1 AND id = $2 FOR UPDATE', values: [tenantId, holdId] });
  return rows.length === 0 ? null : findHold(ask, { tenantId, holdId });
}

export interface HoldsAsked extends PageAsked {
  readonly tenantId: string;
  readonly state: Hold['state'] | null;
  readonly matterId: string | null;
}

/** The newest first: ids are ordered by the time of their making. */
export async function listHolds(ask: Ask, { tenantId, state, matterId, afterId, limit }: HoldsAsked): Promise<Page<Hold>> {
  const rows = await ask<HoldRow>({
    name: 'list-holds',
    text: `SELECT ${holdColumns} FROM legal_hold h
      WHERE h.tenant_id = $1 AND ($2::text IS NULL OR (h.released_at IS NULL) = ($2 = 'active')) AND ($3::text IS NULL OR h.matter_id = $3) AND ($4 = '' OR h.id < $4)
      ORDER BY h.id DESC LIMIT $5`,
    values: [tenantId, state, matterId, afterId, limit + 1],
  });
  return pageOf(rows.map(asHold), { limit });
}

export interface ItemsAsked extends PageAsked, HoldRef {}

export async function listItems(ask: Ask, { tenantId, holdId, afterId, limit }: ItemsAsked): Promise<Page<Item>> {
  const rows = await ask<ItemRow>({
    name: 'list-hold-items',
    text: `SELECT ${itemColumns} FROM legal_hold_item i WHERE i.tenant_id = $1 AND i.hold_id = $2 AND i.id > $3 ORDER BY i.id LIMIT $4`,
    values: [tenantId, holdId, afterId, limit + 1],
  });
  return pageOf(rows.map(asItem), { limit });
}

export async function findItems(ask: Ask, { tenantId, holdId, itemIds }: HoldRef & { readonly itemIds: readonly string[] }): Promise<Item[]> {
  const rows = await ask<ItemRow>({
    name: 'find-hold-items',
    text: `SELECT ${itemColumns} FROM legal_hold_item i WHERE i.tenant_id = $1 AND i.hold_id = $2 AND i.id = ANY ($3) ORDER BY i.id`,
    values: [tenantId, holdId, itemIds],
  });
  return rows.map(asItem);
}

/** Items of a hold shown with it; the rest is listed page by page. */
export const itemsShown = 100;

type HoldRow = Omit<Hold, 'effective_seq' | 'protected_count'> & { readonly effective_seq: string | null; readonly protected_count: string | null };
type ItemRow = Omit<Item, 'effective_seq' | 'protected_count'> & { readonly effective_seq: string; readonly protected_count: string | null };

const holdColumns = `h.id, h.name, CASE WHEN h.released_at IS NULL THEN 'active' ELSE 'released' END AS state, h.description, h.matter_id, h.custodian_ids, h.legal_counsel,
  iso_utc(h.expiration_date) AS expiration_date, h.created_by, iso_utc(h.created_at) AS created_at, iso_utc(h.updated_at) AS updated_at,
  (SELECT count(*)::int FROM legal_hold_item i WHERE i.tenant_id = h.tenant_id AND i.hold_id = h.id AND i.released_at IS NULL) AS item_count,
  (SELECT coalesce(jsonb_object_agg(s.scope_type, s.items), '{}') FROM (
    SELECT i.scope_type, count(*) AS items FROM legal_hold_item i WHERE i.tenant_id = h.tenant_id AND i.hold_id = h.id AND i.released_at IS NULL GROUP BY i.scope_type) AS s) AS scope_counts,
  h.effective_seq, h.protected_count, h.released_by, iso_utc(h.released_at) AS released_at, h.release_reason`;

const itemColumns = `i.id, i.hold_id, CASE WHEN i.released_at IS NULL THEN 'in_force' ELSE 'released' END AS state, i.scope_type,
  CASE WHEN cardinality(i.scope_ids) = 1 THEN i.scope_ids[1] END AS scope_id, CASE WHEN i.scope_type = 'resource' THEN i.scope_ids END AS scope_ids,
  i.filter, i.include_pattern, i.exclude_pattern, i.placed_by, iso_utc(i.placed_at) AS placed_at, i.effective_seq, i.protected_count,
  i.released_by, iso_utc(i.released_at) AS released_at, i.release_reason`;

function asHold(row: HoldRow): Hold {
  return { ...row, effective_seq: numberOrNull(row.effective_seq), protected_count: numberOrNull(row.protected_count) };
}

function asItem(row: ItemRow): Item {
  return { ...row, effective_seq: Number(row.effective_seq), protected_count: numberOrNull(row.protected_count) };
}

function numberOrNull(text: string | null): number | null {
  return text === null ? null : Number(text);
}
