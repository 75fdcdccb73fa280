// GET /current/activity/poll/ and /current/activity/poll/{profile_id}/: which fields have changed, at once or as soon as one does.
import { z } from 'zod';
import type { Principal } from '../../../domain/access/principal.ts';
import { pollFields, pollLimits, pollSince } from '../../../domain/activity/poll.schema.ts';
import { formatStamp } from '../../../domain/activity/stamp-text.ts';
import { shownStamps } from '../../../domain/activity/stamps.ts';
import type { Stamps } from '../../../domain/activity/stamps.ts';
import { producerId } from '../../../domain/shared/ids.ts';
import { isRefusal } from '../../../domain/shared/refusal.ts';
import type { Refusal } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { queryInteger } from '../../route/query-values.ts';
import type { ApiWorld } from '../../world.ts';
import { currentPollDialect, currentReply } from '../current-dialect.ts';

const query = z.strictObject({
  wait: queryInteger({ min: 0, max: pollLimits.waitSeconds }).default(0).describe('Held back for so many seconds while there is nothing to tell.'),
  lastactivity: pollSince.optional().describe('Only what is newer makes the poll answer. Pass on what the last answer said.'),
  updated: z.string().optional().describe('Present with any value: only fields newer than lastactivity are answered, instead of all that are known.'),
  fields: pollFields.optional().describe('Comma-separated; each may name one thing, as in storage:12345.'),
});

/** Nothing is an empty list, something is an object: that is how readers of this dialect know it. */
const reply = currentReply(
  z.strictObject({
    results: z.int().min(0),
    activity: z.union([z.record(z.string(), z.string()), z.array(z.never()).max(0)]),
    lastactivity: z.string().optional(),
  }),
);

type Answered = z.output<typeof reply>;

export const pollOwnActivity = defineRoute({
  method: 'GET',
  path: '/current/activity/poll/',
  summary: 'Poll for activity of the caller',
  description: 'A token that is limited to some profiles does not reach it.',
  tag: 'activity',
  access: 'signed-in',
  dialect: currentPollDialect,
  limit: 'polling',
  query,
  reply,
  refusals: ['TENANT_UNKNOWN', 'VALIDATION_FAILED', 'TOO_BUSY'],
  handle: (request, world) => poll({ ...request, profileId: null, signal: request.signal }, world),
});

export const pollProfileActivity = defineRoute({
  method: 'GET',
  path: '/current/activity/poll/{profile_id}/',
  summary: 'Poll for activity of an organization, a workspace or a share',
  description: 'With the own user id, as for uploads, it is the poll of the caller. A share must have multiplayer enabled.',
  tag: 'activity',
  access: 'signed-in',
  dialect: currentPollDialect,
  limit: 'polling',
  params: z.strictObject({ profile_id: producerId }),
  query,
  reply,
  refusals: ['TENANT_UNKNOWN', 'VALIDATION_FAILED', 'TOO_BUSY'],
  handle: (request, world) => poll({ ...request, profileId: request.params.profile_id, signal: request.signal }, world),
});

export const activityRoutes = [pollOwnActivity, pollProfileActivity];

interface PollRequest {
  readonly query: z.output<typeof query>;
  readonly principal: Principal;
  readonly profileId: string | null;
  readonly signal: AbortSignal;
}

async function poll({ query: { wait, lastactivity, updated, fields }, principal, profileId, signal }: PollRequest, world: ApiWorld): Promise<Answered | Refusal> {
  const stamps = await world.activity.poll({
    principal,
    profileId,
    fields: fields ?? null,
    since: lastactivity ?? null,
    onlyUpdated: updated !== undefined,
    waitMs: wait * 1000,
    signal,
    admit: () => world.access.admit(principal),
  });
  return isRefusal(stamps) ? stamps : { result: 'yes', response: present(stamps) };
}

function present(stamps: Stamps): Answered['response'] {
  const shown = shownStamps(stamps);
  const [newest] = shown;
  if (newest === undefined) return { results: 0, activity: [] };
  const activity = Object.fromEntries(shown.map(([field, { at }]) => [field, formatStamp(at)]));
  return { results: shown.length, activity, lastactivity: formatStamp(newest[1].at) };
}
