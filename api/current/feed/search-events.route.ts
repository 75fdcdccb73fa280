// GET /current/events/search/: the events around a profile, a person or an event above, newest first.
import { z } from 'zod';
import { asking } from '../../../db/access/ask.ts';
import { readViewer } from '../../../db/access/read-viewer.ts';
import { searchFeed } from '../../../db/feed/search-feed.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import type { Principal } from '../../../domain/access/principal.ts';
import { refuseOutOfReach } from '../../../domain/access/reach.ts';
import type { FeedRow } from '../../../domain/feed/feed-row.ts';
import { readOutput } from '../../../domain/feed/output.ts';
import { presentEvent } from '../../../domain/feed/present-event.ts';
import { currentSelectionFields, toCurrentSelection } from '../../../domain/filter/current-selection.ts';
import type { CurrentSelection } from '../../../domain/filter/current-selection.ts';
import { isRefusal, refuseFields } from '../../../domain/shared/refusal.ts';
import type { Refusal } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { queryInteger } from '../../route/query-values.ts';
import type { ApiWorld } from '../../world.ts';
import { currentReply, currentSearchDialect } from '../current-dialect.ts';
import { markdownType } from '../current-markdown.ts';
import { eventObject, eventsAsMarkdown, outputParameter } from './event-object.ts';

export const searchQueryFields = {
  ...currentSelectionFields,
  limit: queryInteger({ min: 1, max: 250 }).default(100),
  offset: queryInteger({ min: 0, max: 1_000_000_000 }).default(0),
  output: outputParameter,
};

export const searchEvents = defineRoute({
  method: 'GET',
  path: '/current/events/search/',
  summary: 'Search the events around a profile',
  description:
    'One of user_id, org_id, workspace_id, share_id or parent_event_id is needed; of several profiles only the first in this order counts. ' +
    'parent_event_id goes with acknowledged, limit, offset and output alone. Pages are cut after what the caller may not see was left out.',
  tag: 'current',
  access: 'signed-in',
  dialect: currentSearchDialect,
  limit: 'search',
  cost: 1,
  query: z.strictObject(searchQueryFields),
  reply: currentReply(z.strictObject({ events: z.array(eventObject) })),
  alsoAs: [markdownType],
  refusals: ['FORBIDDEN'],
  async handle({ query, principal }, world) {
    const { limit, offset, output: asked, ...input } = query;
    const output = readOutput(asked);
    if (isRefusal(output)) return output;
    const selection = toCurrentSelection(input);
    if (isRefusal(selection)) return selection;
    const rows = await findEvents({ selection, limit, offset, principal }, world);
    if (isRefusal(rows)) return rows;
    const events = rows.map((row) => presentEvent(row, output.level));
    if (output.isMarkdown) return eventsAsMarkdown(events);
    return { result: 'yes' as const, response: { events: events as z.output<typeof eventObject>[] } };
  },
});

export interface EventsAsked {
  readonly selection: CurrentSelection;
  readonly limit: number;
  readonly offset: number;
  readonly principal: Principal;
}

export function findEvents({ selection, limit, offset, principal }: EventsAsked, world: Pick<ApiWorld, 'pool' | 'clock'>): Promise<readonly FeedRow[] | Refusal> {
  const { around } = selection;
  if (around === null) return Promise.resolve(nothingAskedFor);
  const { tenantId } = principal;
  return inTenant(world.pool, tenantId, async (client) => {
    const viewer = await readViewer(asking(client), principal);
    return refuseOutOfReach(around, viewer) ?? searchFeed(client, { tenantId, viewer, selection, limit, offset }, { nowMs: world.clock.nowMs() });
  });
}

export const nothingAskedFor = refuseFields([
  { field: 'user_id', expected: 'expected one of user_id, org_id, workspace_id, share_id and parent_event_id' },
]);
