// A run of a plan, as it is shown.
import { z } from 'zod';
import { actions } from './policy.schema.ts';

export const runStates = ['queued', 'awaiting_approval', 'running', 'paused', 'completed', 'failed', 'cancelled'] as const;
export type RunState = (typeof runStates)[number];

/** What a second person said about a quarantine that is in force. */
export const decisions = ['confirmed', 'restored'] as const;

export const keptReasons = ['hold', 'floor', 'not_old_enough'] as const;
export type KeptReason = (typeof keptReasons)[number];

/** An entry that was planned and stayed. */
export const kept = z.strictObject({
  seq: z.int(),
  id: z.string().nullable().describe('Null when a later run has removed it.'),
  reason: z.enum(keptReasons),
});
export type Kept = z.output<typeof kept>;

export const run = z.strictObject({
  id: z.string(),
  policy_id: z.string(),
  plan_hash: z.string(),
  action: z.enum(actions),
  state: z.enum(runStates),
  of: z.int().describe('How many entries the plan names.'),
  removed: z.int(),
  newly_held: z.array(z.int()).describe('The first 100 of those that came under a hold since the plan was made.'),
  newly_held_has_more: z.boolean().describe('Whether there are more than those: all of them, and what else was kept, are under /kept.'),
  kept: z.strictObject({ hold: z.int(), floor: z.int(), not_old_enough: z.int() }).describe('How many of the plan stayed, by reason.'),
  archive: z
    .strictObject({ parts: z.int(), entries: z.int(), bytes: z.int(), sealed_at: z.string().nullable() })
    .nullable()
    .describe('What an archive holds so far; nothing is removed before it is sealed.'),
  quarantine: z
    .strictObject({
      hidden: z.int(),
      since: z.string().nullable().describe('When everything was hidden: from then on it is confirmed or restored by a second person.'),
      decision: z.enum(decisions).nullable(),
      decided_by: z.string().nullable(),
      decided_at: z.string().nullable(),
    })
    .nullable(),
  requested_by: z.string(),
  approved_by: z.string().nullable(),
  created_at: z.string(),
  started_at: z.string().nullable(),
  finished_at: z.string().nullable(),
  scheduled_for: z.string().nullable().describe('The time of its policy’s schedule that started it; null when somebody asked for it.'),
  error: z.string().nullable(),
});
export type Run = z.output<typeof run>;
