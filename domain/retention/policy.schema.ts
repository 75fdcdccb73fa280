// A retention policy: what is asked for, and what is shown.
import { z } from 'zod';
import { filterInput } from '../filter/filter.schema.ts';
import { parseCron } from '../job/cron.ts';

const text = (max: number) => z.string().trim().min(1, 'expected text that is not empty').max(max, `expected at most ${String(max)} characters`);
const days = z.int().min(0, 'expected 0 or more days').max(36_500, 'expected at most 36500 days');
const cron = z.string().max(128).refine((value) => parseCron(value) !== null, 'expected a cron expression of five fields, such as "20 2 * * *"; it is read in UTC');

export const triggers = ['creation', 'modification'] as const;
export const actions = ['delete', 'archive', 'quarantine'] as const;
export const policyScopeTypes = ['tenant', 'share', 'folder', 'user'] as const;

const asked = {
  name: text(256),
  description: text(4_096).nullish(),
  retention_days: days,
  min_retention_days: days,
  trigger: z.enum(triggers),
  action: z.enum(actions),
  scope_type: z.enum(policyScopeTypes),
  scope_ids: z.array(z.string().min(1).max(256)).max(1_000),
  filter: filterInput.nullish(),
  schedule: cron,
  approval: z.enum(['none', 'second_person']),
  mode: z.enum(['governance', 'compliance']),
  enabled: z.boolean(),
};

export const policyWish = z.strictObject({
  ...asked,
  min_retention_days: asked.min_retention_days.default(0),
  trigger: asked.trigger.default('creation'),
  action: asked.action.default('delete'),
  scope_type: asked.scope_type.default('tenant'),
  scope_ids: asked.scope_ids.default([]),
  schedule: asked.schedule.default('20 2 * * *'),
  approval: asked.approval.default('none'),
  mode: asked.mode.default('governance'),
  enabled: asked.enabled.default(true),
});
export type PolicyWish = z.output<typeof policyWish>;

/** An absent field keeps what is stored. */
export const policyChange = z.strictObject(asked).partial();
export type PolicyChange = z.output<typeof policyChange>;

export const policy = z.strictObject({
  id: z.string(),
  version: z.int(),
  name: z.string(),
  description: z.string().nullable(),
  retention_days: z.int(),
  min_retention_days: z.int(),
  trigger: asked.trigger,
  action: asked.action,
  scope_type: asked.scope_type,
  scope_ids: z.array(z.string()),
  filter: z.record(z.string(), z.json()).nullable(),
  schedule: z.string(),
  approval: asked.approval,
  mode: asked.mode,
  enabled: z.boolean(),
  views: z
    .strictObject({ audit: z.int().nullable(), changes: z.int().nullable() })
    .nullable()
    .describe('Of the policy that the settings audit_retention_days and changelog_retention_days are: an entry goes when it has left every view it is in. Null for every other.'),
  created_by: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
});
export type Policy = z.output<typeof policy>;
