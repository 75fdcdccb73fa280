// Makes holds and places their items: one transaction behind the closed gate, whose last statement is the append that gives effective_seq.
import { noticeType } from '../../domain/held/is-held.ts';
import { decideItems, isNarrow, itemInEntry } from '../../domain/legal-hold/decide-item.ts';
import type { NewItem } from '../../domain/legal-hold/decide-item.ts';
import { holdLimits } from '../../domain/legal-hold/legal-hold.schema.ts';
import type { HoldWish, ItemWish } from '../../domain/legal-hold/legal-hold.schema.ts';
import type { EntryFacts } from '../../domain/journal/entry.ts';
import { isRefusal, refuse, refuseFields } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import type { Ask } from '../access/ask.ts';
import { addJob } from '../job/jobs.ts';
import { lockHeadSql } from '../journal/lock-head.ts';
import type { HeadRow } from '../journal/lock-head.ts';
import { lockHold } from './hold-rows.ts';
import { writeHold } from './write-hold.ts';
import type { HoldWorld, HoldWriter, OpenHolds } from './write-hold.ts';

export interface Placed {
  readonly holdId: string;
  readonly itemIds: readonly string[];
  /** Null when nothing was placed: a hold without items holds nothing yet. */
  readonly effectiveSeq: number | null;
}

export function makeHold(world: HoldWorld, writer: HoldWriter, wish: HoldWish): Promise<Placed | Refusal> {
  const items = decideItems(wish.items ?? []);
  if (isRefusal(items)) return Promise.resolve(items);
  return writeHold(world, { writer, gate: 'closed' }, async (open) => {
    const { ask, tenantId, now } = open;
    const holdId = world.ids.next();
    const by = writer.principal.userId;
    const custodians = [...new Set(wish.custodian_ids ?? [])];
    await ask({
      name: 'insert-hold',
      text: `INSERT INTO legal_hold (tenant_id, id, name, description, matter_id, custodian_ids, legal_counsel, expiration_date, created_by, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)`,
      values: [tenantId, holdId, wish.name, wish.description ?? null, wish.matter_id ?? null, custodians, wish.legal_counsel ?? null, wish.expiration_date ?? null, by, now],
    });
    await addJob(ask, { tenantId, id: holdId, kind: 'legal_hold', requestedBy: by, now });
    const placed = await place(world, open, { holdId, by, items });
    if (isRefusal(placed)) return placed;
    const about = { holdId, name: wish.name, matterId: wish.matter_id ?? null };
    const made = open.entry({
      ownAction: 'create_legal_hold',
      ...resourceOf(about),
      details: { ...detailsOf(about), custodian_ids: custodians, items: items.map(itemInEntry), ...(wish.expiration_date == null ? {} : { expiration_date: wish.expiration_date }) },
    });
    return { result: { holdId, ...placed }, entries: [made, ...notices(open, about, custodians)] };
  });
}

export function addItems(world: HoldWorld, writer: HoldWriter, { holdId, wishes }: { holdId: string; wishes: readonly ItemWish[] }): Promise<Placed | Refusal> {
  const items = decideItems(wishes);
  if (isRefusal(items)) return Promise.resolve(items);
  return writeHold(world, { writer, gate: 'closed' }, async (open) => {
    const { tenantId } = open;
    const hold = await lockHold(open.ask, { tenantId, holdId });
    if (hold === null) return refuse('NOT_FOUND');
    if (hold.state === 'released') return refuse('CONFLICT', { message: 'The hold is released: place another.' });
    const placed = await place(world, open, { holdId, by: writer.principal.userId, items });
    if (isRefusal(placed)) return placed;
    const about = { holdId, name: hold.name, matterId: hold.matter_id };
    const details = { ...detailsOf(about), item_ids: [...placed.itemIds], items: items.map(itemInEntry) };
    return { result: { holdId, ...placed }, entries: [open.entry({ ownAction: 'add_legal_hold_items', ...resourceOf(about), details })] };
  });
}

/** What an entry about a hold is about. */
export interface AboutHold {
  readonly holdId: string;
  readonly name: string;
  readonly matterId: string | null;
}

export function resourceOf({ holdId, name }: AboutHold): { resourceType: string; resourceId: string; resourceName: string } {
  return { resourceType: 'legal_hold', resourceId: holdId, resourceName: name };
}

export function detailsOf({ name, matterId }: AboutHold): { hold_name: string; matter_id: string | null } {
  return { hold_name: name, matter_id: matterId };
}

/** Each custodian is told by an entry that only they, and administrators, see. */
export function notices({ entry }: Pick<OpenHolds, 'entry'>, about: AboutHold, custodianIds: readonly string[]): EntryFacts[] {
  return custodianIds.map((targetUserId) =>
    entry({ ownAction: null, eventType: noticeType, ...resourceOf(about), targetUserId, details: { ...detailsOf(about), hold_ids: [about.holdId] } }),
  );
}

async function place(
  { ids }: HoldWorld,
  { ask, tenantId, now }: OpenHolds,
  { holdId, by, items }: { holdId: string; by: string; items: readonly NewItem[] },
): Promise<Omit<Placed, 'holdId'> | Refusal> {
  if (items.length === 0) return { itemIds: [], effectiveSeq: null };
  const refusal = (await refuseTooMany(ask, tenantId, items)) ?? (await refuseUnknownGroups(ask, tenantId, items));
  if (refusal !== null) return refusal;
  const itemIds = items.map(() => ids.next());
  // The head is locked from here to the append: the entry that says "placed" is given exactly this seq.
  const [head] = await ask<HeadRow>({ name: 'lock-head-for-hold', text: lockHeadSql(tenantId), values: [] });
  if (head === undefined) throw new Error(`there is no log of tenant ${tenantId}`);
  const effectiveSeq = Number(head.last_seq) + 1;
  for (const [index, item] of items.entries()) {
    await ask({
      name: 'insert-hold-item',
      text: `INSERT INTO legal_hold_item (tenant_id, id, hold_id, scope_type, scope_ids, filter, selection, include_pattern, exclude_pattern, placed_by, placed_at, effective_seq)
        VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7::jsonb, $8, $9, $10, $11, $12)`,
      values: [tenantId, itemIds[index], holdId, item.scopeType, item.scopeIds, json(item.filter), json(item.selection), item.includePattern, item.excludePattern, by, now, effectiveSeq],
    });
  }
  await ask({
    name: 'hold-group-members',
    text: `INSERT INTO legal_hold_user (tenant_id, item_id, user_id)
      SELECT $1, i.id, m.user_id FROM legal_hold_item i JOIN dir_group_member m ON m.tenant_id = $1 AND m.group_id = ANY (i.scope_ids)
      WHERE i.tenant_id = $1 AND i.id = ANY ($2) AND i.scope_type = 'group'`,
    values: [tenantId, itemIds],
  });
  await ask({ name: 'hold-is-effective', text: 'UPDATE legal_hold SET effective_seq = $3 WHERE tenant_id = $1 AND id = $2', values: [tenantId, holdId, effectiveSeq] });
  return { itemIds, effectiveSeq };
}

/** Every batch of a removal looks at all of them: their number must be bounded. */
async function refuseTooMany(ask: Ask, tenantId: string, items: readonly NewItem[]): Promise<Refusal | null> {
  const [row] = await ask<{ all_items: string; narrow_items: string }>({
    name: 'count-items-in-force',
    text: `SELECT count(*) AS all_items, count(*) FILTER (WHERE scope_type IN ('query', 'folder') OR include_pattern IS NOT NULL OR exclude_pattern IS NOT NULL) AS narrow_items
      FROM legal_hold_item WHERE tenant_id = $1 AND released_at IS NULL`,
    values: [tenantId],
  });
  const all = Number(row?.all_items ?? 0) + items.length;
  const narrow = Number(row?.narrow_items ?? 0) + items.filter(isNarrow).length;
  if (all > holdLimits.itemsInForce) return refuse('CONFLICT', { message: `At most ${String(holdLimits.itemsInForce)} items are in force at a time.` });
  if (narrow <= holdLimits.narrowItemsInForce) return null;
  return refuse('CONFLICT', { message: `At most ${String(holdLimits.narrowItemsInForce)} items with a pattern, a folder or a query are in force at a time.` });
}

/** A group nobody knows would hold nobody, and would look as if it did. */
async function refuseUnknownGroups(ask: Ask, tenantId: string, items: readonly NewItem[]): Promise<Refusal | null> {
  const groups = items.flatMap(({ scopeType, scopeIds }) => (scopeType === 'group' ? scopeIds : []));
  if (groups.length === 0) return null;
  const rows = await ask<{ id: string }>({ name: 'groups-to-hold', text: 'SELECT id FROM dir_group WHERE tenant_id = $1 AND id = ANY ($2) AND NOT closed', values: [tenantId, groups] });
  const known = new Set(rows.map(({ id }) => id));
  return groups.every((id) => known.has(id)) ? null : refuseFields([{ field: 'scope_id', expected: 'expected the id of an open group' }]);
}

function json(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}
