// Releases a hold, or one item of it, by a second person.
import { refuseRelease } from '../../domain/legal-hold/decide-release.ts';
import type { Hold, Item } from '../../domain/legal-hold/legal-hold.schema.ts';
import { refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { findHold, findItems, lockHold } from './hold-rows.ts';
import { detailsOf, resourceOf } from './place-hold.ts';
import { writeHold } from './write-hold.ts';
import type { HoldWorld, HoldWriter } from './write-hold.ts';

export interface Release {
  readonly holdId: string;
  /** Null when none was given: the DELETE of an older client has no place for one. */
  readonly reason: string | null;
}

export function releaseHold(world: HoldWorld, writer: HoldWriter, { holdId, reason }: Release): Promise<Hold | Refusal> {
  const { userId } = writer.principal;
  return writeHold(world, { writer, gate: 'open' }, async (open) => {
    const { ask, tenantId, now } = open;
    const hold = await lockHold(ask, { tenantId, holdId });
    if (hold === null) return refuse('NOT_FOUND');
    const placed = await ask<{ placed_by: string }>({
      name: 'who-placed',
      text: 'SELECT DISTINCT placed_by FROM legal_hold_item WHERE tenant_id = $1 AND hold_id = $2 AND released_at IS NULL',
      values: [tenantId, holdId],
    });
    const refusal = refuseRelease({ by: [hold.created_by, ...placed.map(({ placed_by: by }) => by)], releasedAt: hold.released_at }, userId);
    if (refusal !== null) return refusal;
    await ask({
      name: 'release-items-of-hold',
      text: 'UPDATE legal_hold_item SET released_by = $3, released_at = $4, release_reason = $5 WHERE tenant_id = $1 AND hold_id = $2 AND released_at IS NULL',
      values: [tenantId, holdId, userId, now, reason],
    });
    await ask({
      name: 'release-hold',
      text: 'UPDATE legal_hold SET released_by = $3, released_at = $4, release_reason = $5, updated_at = $4 WHERE tenant_id = $1 AND id = $2',
      values: [tenantId, holdId, userId, now, reason],
    });
    const released = await findHold(ask, { tenantId, holdId });
    if (released === null) throw new Error('what was written is not there');
    const about = { holdId, name: hold.name, matterId: hold.matter_id };
    const details = { ...detailsOf(about), reason, items: hold.item_count };
    return { result: released, entries: [open.entry({ ownAction: 'release_legal_hold', ...resourceOf(about), details })] };
  });
}

export function releaseItem(world: HoldWorld, writer: HoldWriter, { holdId, itemId, reason }: Release & { readonly itemId: string }): Promise<Item | Refusal> {
  const { userId } = writer.principal;
  return writeHold(world, { writer, gate: 'open' }, async (open) => {
    const { ask, tenantId, now } = open;
    const hold = await lockHold(ask, { tenantId, holdId });
    const [item] = hold === null ? [] : await findItems(ask, { tenantId, holdId, itemIds: [itemId] });
    if (hold === null || item === undefined) return refuse('NOT_FOUND');
    const refusal = refuseRelease({ by: [hold.created_by, item.placed_by], releasedAt: item.released_at }, userId);
    if (refusal !== null) return refusal;
    await ask({
      name: 'release-item',
      text: 'UPDATE legal_hold_item SET released_by = $3, released_at = $4, release_reason = $5 WHERE tenant_id = $1 AND id = $2',
      values: [tenantId, itemId, userId, now, reason],
    });
    const [released] = await findItems(ask, { tenantId, holdId, itemIds: [itemId] });
    if (released === undefined) throw new Error('what was written is not there');
    const about = { holdId, name: hold.name, matterId: hold.matter_id };
    const details = { ...detailsOf(about), reason, item_ids: [itemId] };
    return { result: released, entries: [open.entry({ ownAction: 'release_legal_hold_items', ...resourceOf(about), details })] };
  });
}
