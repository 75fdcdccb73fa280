// GET /current/events/search/summarize/: a page of events with a text about exactly these events, and their numbers.
import { z } from 'zod';
import { readCountedPage, readViewerNow } from '../../../db/summary/read-page.ts';
import type { PageAsked } from '../../../db/summary/read-page.ts';
import { maySeeEntry } from '../../../domain/access/audience.ts';
import type { FeedRow } from '../../../domain/feed/feed-row.ts';
import { readOutput } from '../../../domain/feed/output.ts';
import { presentEvent } from '../../../domain/feed/present-event.ts';
import { toCurrentSelection } from '../../../domain/filter/current-selection.ts';
import { isRefusal } from '../../../domain/shared/refusal.ts';
import type { Refusal } from '../../../domain/shared/refusal.ts';
import { summaryInput } from '../../../domain/summary/summary-input.ts';
import { eventSummary, userContext } from '../../../domain/summary/summary.schema.ts';
import { defineRoute } from '../../route/define-route.ts';
import { OtherMedia } from '../../route/reply.ts';
import type { ApiWorld } from '../../world.ts';
import { currentReply, currentSearchDialect } from '../current-dialect.ts';
import { cell, markdownType } from '../current-markdown.ts';
import { eventObject, eventsAsMarkdown } from '../feed/event-object.ts';
import { nothingAskedFor, searchQueryFields } from '../feed/search-events.route.ts';
import { writtenSummary } from './written-summary.ts';

export const summarizeEvents = defineRoute({
  method: 'GET',
  path: '/current/events/search/summarize/',
  summary: 'Search events and summarise them',
  description:
    'Takes what the search takes, and user_context. All numbers are of exactly the events in the answer; every name, number and date in the text was looked up in them. ' +
    '`summary.source` says whether a model wrote the text or it was put together from the events. `summary` is null without events, and when the model failed: the events are there all the same. ' +
    'Answers within 20 s; a text that took longer is there for whoever asks again.',
  tag: 'current',
  access: 'signed-in',
  dialect: currentSearchDialect,
  limit: 'search',
  cost: 1,
  query: z.strictObject({ ...searchQueryFields, user_context: userContext.default('') }),
  reply: currentReply(z.strictObject({ summary: eventSummary.nullable(), events: z.array(eventObject) })),
  alsoAs: [markdownType],
  refusals: ['FORBIDDEN'],
  async handle({ query, principal, signal }, world) {
    const { limit, offset, output: asked, user_context: context, ...input } = query;
    const output = readOutput(asked);
    if (isRefusal(output)) return output;
    const selection = toCurrentSelection(input);
    if (isRefusal(selection)) return selection;
    if (selection.around === null) return nothingAskedFor;
    const pageAsked: PageAsked = { principal, selection, limit, offset, nowMs: world.clock.nowMs() };
    const summarised = await summarisePage(pageAsked, { userContext: context, signal }, world);
    if (isRefusal(summarised)) return summarised;
    const { rows, summary } = summarised;
    const events = rows.map((row) => presentEvent(row, output.level));
    if (output.isMarkdown) return inMarkdown(summary, eventsAsMarkdown(events));
    return { result: 'yes' as const, response: { summary, events: events as z.output<typeof eventObject>[] } };
  },
});

type Summary = z.output<typeof eventSummary>;

interface SummarisedPage {
  readonly rows: readonly FeedRow[];
  readonly summary: Summary | null;
}

interface Guidance {
  readonly userContext: string;
  readonly signal: AbortSignal;
}

async function summarisePage(asked: PageAsked, { userContext: context, signal }: Guidance, world: ApiWorld): Promise<SummarisedPage | Refusal> {
  const page = await readCountedPage(world.pool, asked);
  if (isRefusal(page)) return page;
  const { rows, metrics } = page;
  if (metrics === null) return { rows, summary: null };
  const written = await writtenSummary({ tenantId: asked.principal.tenantId, input: summaryInput(rows, { userContext: context }), signal }, world);
  if (written.tookTime) {
    const refused = await world.access.admit(asked.principal);
    if (refused !== undefined) return refused;
    // Rights were lost while the text was written: what may still be read is read anew, without it.
    if (!(await areStillShown(rows, asked, world))) {
      const anew = await readCountedPage(world.pool, asked);
      return isRefusal(anew) ? anew : { rows: anew.rows, summary: null };
    }
  }
  return { rows, summary: written.text === null ? null : { text: written.text, source: written.source, metrics } };
}

async function areStillShown(rows: readonly FeedRow[], { principal, selection: { isAuditView } }: PageAsked, { pool }: Pick<ApiWorld, 'pool'>): Promise<boolean> {
  const viewer = await readViewerNow(pool, principal);
  return rows.every((row) => maySeeEntry(row, { viewer, isAuditView }));
}

function inMarkdown(summary: Summary | null, events: OtherMedia): OtherMedia {
  const [success = '', ...rest] = events.text.split('\n');
  const lines = summary === null ? ['None.'] : [cell(summary.text), '', `- **source:** ${summary.source}`, ...metricLines(summary.metrics)];
  return new OtherMedia({ mediaType: markdownType, text: [success, '', '# summary', '', ...lines, ...rest].join('\n') });
}

function metricLines({ total_events: events, unique_actors: actors, date_range: { start, end }, categories }: Summary['metrics']): string[] {
  const counted = Object.entries(categories).map(([name, count]) => `${cell(name)} ${String(count)}`);
  return [`- **total_events:** ${String(events)}`, `- **unique_actors:** ${String(actors)}`, `- **date_range:** ${start} to ${end}`, `- **categories:** ${counted.join(', ')}`];
}
