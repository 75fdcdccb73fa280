// The event object of search and details: its schema at every level of detail, and how events are written as Markdown.
import { z } from 'zod';
import type { PresentedEvent } from '../../../domain/feed/present-event.ts';
import type { JsonValue } from '../../../domain/shared/json.ts';
import { OtherMedia } from '../../route/reply.ts';
import { cell, markdownType, table } from '../current-markdown.ts';

/** Loose: what else an entry tells stands beside its fields. */
export const eventObject = z.looseObject({
  event_id: z.string(),
  created: z.string().meta({ description: 'YYYY-MM-DD HH:MM:SS in UTC' }),
  event: z.string(),
  category: z.string(),
  object_id: z.string().nullish(),
  sub_category: z.string().optional(),
  acknowledged: z.boolean().optional(),
  calling_user: z.string().nullish(),
  calling_user_name: z.string().optional(),
  org_id: z.string().nullish(),
  workspace_id: z.string().nullish(),
  share_id: z.string().nullish(),
  user_id: z.string().nullish(),
  template: z.strictObject({ description: z.string(), params: z.record(z.string(), z.string()) }).optional(),
  severity: z.enum(['info', 'success', 'warning', 'danger']).optional(),
  visibility: z.enum(['external_audit_log', 'external']).optional(),
  notification: z.enum(['none', 'badge', 'alert']).optional(),
  required_params: z.array(z.string()).optional(),
  requires_parent_node: z.boolean().optional(),
  permission: z.enum(['member', 'admin', 'targeted']).optional(),
});

export const outputParameter = z.string().max(1_000, 'expected at most 1000 characters').optional();

/** A list of events as a table; the columns are those of all of them, in the order they are met. */
export function eventsAsMarkdown(events: readonly PresentedEvent[]): OtherMedia {
  const columns = [...new Set(events.flatMap((event) => Object.keys(event)))];
  const rows = events.map((event) => columns.map((column) => written(event[column] ?? null)));
  return inMarkdown(['# events', '', ...(events.length === 0 ? ['None.'] : table(columns, rows))]);
}

export function eventAsMarkdown(event: PresentedEvent): OtherMedia {
  return inMarkdown(['# event', '', ...Object.entries(event).map(([key, value]) => `- **${cell(key)}:** ${cell(written(value))}`)]);
}

function inMarkdown(lines: readonly string[]): OtherMedia {
  return new OtherMedia({ mediaType: markdownType, text: `**Result:** success\n\n${lines.join('\n')}\n` });
}

function written(value: JsonValue): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
