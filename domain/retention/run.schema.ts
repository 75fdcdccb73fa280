// A run of a plan, as it is shown.
import { z } from 'zod';

export const runStates = ['queued', 'awaiting_approval', 'running', 'paused', 'completed', 'failed', 'cancelled'] as const;
export type RunState = (typeof runStates)[number];

export const run = z.strictObject({
  id: z.string(),
  policy_id: z.string(),
  plan_hash: z.string(),
  state: z.enum(runStates),
  of: z.int().describe('How many entries the plan names.'),
  removed: z.int(),
  newly_held: z.array(z.int()).describe('The first of those that came under a hold since the plan was made.'),
  kept: z.strictObject({ hold: z.int(), floor: z.int(), not_old_enough: z.int() }),
  requested_by: z.string(),
  approved_by: z.string().nullable(),
  created_at: z.string(),
  started_at: z.string().nullable(),
  finished_at: z.string().nullable(),
  error: z.string().nullable(),
});
export type Run = z.output<typeof run>;
