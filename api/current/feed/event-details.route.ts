// GET /current/event/{event_id}/details/: one event in full, for whoever may see it.
import { z } from 'zod';
import { asking } from '../../../db/access/ask.ts';
import { readViewer } from '../../../db/access/read-viewer.ts';
import { readEvent } from '../../../db/feed/read-event.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import { maySeeEntry } from '../../../domain/access/audience.ts';
import { hiddenEntry } from '../../../domain/access/hidden-entry.ts';
import { readOutput } from '../../../domain/feed/output.ts';
import { presentEvent } from '../../../domain/feed/present-event.ts';
import { currentEventId } from '../../../domain/filter/current-selection.ts';
import { isRefusal, refuse } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { currentReply, currentDialect } from '../current-dialect.ts';
import { markdownType } from '../current-markdown.ts';
import { eventAsMarkdown, eventObject, outputParameter } from './event-object.ts';

export const eventDetails = defineRoute({
  method: 'GET',
  path: '/current/event/{event_id}/details/',
  summary: 'Read one event',
  description: 'The id may be written with any of the prefixes it is shown with. An event that the caller may not see is refused as 1605.',
  tag: 'current',
  access: 'signed-in',
  dialect: currentDialect,
  params: z.strictObject({ event_id: currentEventId }),
  query: z.strictObject({ output: outputParameter }),
  reply: currentReply(z.strictObject({ event: eventObject })),
  alsoAs: [markdownType],
  refusals: ['NOT_FOUND'],
  async handle({ params, query, principal }, world) {
    const output = readOutput(query.output);
    if (isRefusal(output)) return output;
    const { tenantId, userId } = principal;
    const row = await inTenant(world.pool, tenantId, async (client) => {
      const found = await readEvent(client, { tenantId, userId, id: params.event_id });
      if (found === null) return refuse('NOT_FOUND');
      const viewer = await readViewer(asking(client), principal);
      return maySeeEntry(found, { viewer, isAuditView: true }) ? found : hiddenEntry(found);
    }, { planned: 'once' });
    if (isRefusal(row)) return row;
    const event = presentEvent(row, output.level);
    if (output.isMarkdown) return eventAsMarkdown(event);
    return { result: 'yes' as const, response: { event: event as z.output<typeof eventObject> } };
  },
});
