// A legal hold and its items: what is asked for, and what is shown.
import { z } from 'zod';
import { filterInput } from '../filter/filter.schema.ts';
import { scopeTypes } from '../held/scope-types.ts';
import { producerId } from '../shared/ids.ts';
import { parseInstant } from '../shared/instant.ts';

const text = (max: number) => z.string().trim().min(1, 'expected text that is not empty').max(max, `expected at most ${String(max)} characters`);
const instant = z.string().max(64).refine((value) => parseInstant(value) !== null, 'expected an ISO 8601 instant with a zone, such as 2027-01-31T00:00:00Z');

export const holdLimits = { custodians: 200, itemsPerCall: 100, resourceIds: 1_000, itemsInForce: 2_000, narrowItemsInForce: 200 } as const;

export const itemWish = z.strictObject({
  scope_type: z.enum(scopeTypes),
  scope_id: z.string().min(1).max(256).nullish(),
  scope_ids: z.array(z.string().min(1).max(256)).min(1).max(holdLimits.resourceIds).nullish(),
  filter: filterInput.nullish(),
  include_pattern: z.string().nullish(),
  exclude_pattern: z.string().nullish(),
});
export type ItemWish = z.output<typeof itemWish>;

const described = {
  name: text(256),
  description: text(4_096).nullish(),
  matter_id: text(128).nullish(),
  custodian_ids: z.array(producerId).max(holdLimits.custodians).nullish(),
  legal_counsel: text(256).nullish(),
  expiration_date: instant.nullish(),
};

export const holdWish = z.strictObject({ ...described, items: z.array(itemWish).max(holdLimits.itemsPerCall).nullish() });
export type HoldWish = z.output<typeof holdWish>;

/** An absent field keeps what is stored, null takes it away. */
export const holdChange = z.strictObject({ ...described, name: described.name.optional() });
export type HoldChange = z.output<typeof holdChange>;

export const releaseWish = z.strictObject({ reason: text(1_024) });

export const item = z.strictObject({
  id: z.string(),
  hold_id: z.string(),
  state: z.enum(['in_force', 'released']),
  scope_type: z.enum(scopeTypes),
  scope_id: z.string().nullable(),
  scope_ids: z.array(z.string()).nullable(),
  filter: z.record(z.string(), z.json()).nullable(),
  include_pattern: z.string().nullable(),
  exclude_pattern: z.string().nullable(),
  placed_by: z.string(),
  placed_at: z.string(),
  effective_seq: z.int(),
  protected_count: z.int().nullable().describe('As of effective_seq; null when counting failed, the item is in force all the same.'),
  released_by: z.string().nullable(),
  released_at: z.string().nullable(),
  release_reason: z.string().nullable(),
});
export type Item = z.output<typeof item>;

export const hold = z.strictObject({
  id: z.string(),
  name: z.string(),
  state: z.enum(['active', 'released']),
  description: z.string().nullable(),
  matter_id: z.string().nullable(),
  custodian_ids: z.array(z.string()),
  legal_counsel: z.string().nullable(),
  expiration_date: z.string().nullable(),
  created_by: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
  item_count: z.int().describe('Items in force.'),
  scope_counts: z.record(z.string(), z.int()).describe('Items in force by scope_type.'),
  effective_seq: z.int().nullable().describe('Of the newest item that was placed.'),
  protected_count: z.int().nullable(),
  released_by: z.string().nullable(),
  released_at: z.string().nullable(),
  release_reason: z.string().nullable(),
});
export type Hold = z.output<typeof hold>;

export const holdWithItems = hold.extend({ items: z.array(item) });
export type HoldWithItems = z.output<typeof holdWithItems>;

export const subject = z.strictObject({
  resource_type: z.string().regex(/^[A-Za-z0-9_.:-]{1,100}$/, 'expected a type such as file'),
  resource_id: z.string().min(1).max(256),
  share_id: producerId.nullish(),
  path: z.string().min(1).max(4_096).nullish(),
  user_id: producerId.nullish().describe('Who owns it.'),
});
export type HoldSubject = z.output<typeof subject>;

export const holdOn = z.strictObject({ id: z.string(), name: z.string(), matter_id: z.string().nullable() });
