// What a summary is asked with and how it is shown.
import { z } from 'zod';

/** Letters of any script; what else could stand in a sentence is left out, so that guidance cannot become something else. */
export const userContext = z
  .string()
  .refine((text) => Array.from(text).length <= 64, 'expected at most 64 characters')
  .regex(/^[\p{L}\p{M}\p{Nd} .,!?'-]*$/u, "expected letters, numbers, spaces and . , ! ? ' - only");

export const summaryMetrics = z.strictObject({
  total_events: z.int(),
  unique_actors: z.int(),
  date_range: z.strictObject({ start: z.string(), end: z.string() }).meta({ description: 'YYYY-MM-DD HH:MM:SS in UTC' }),
  categories: z.record(z.string(), z.int()).meta({ description: 'events by subcategory' }),
});
export type SummaryMetrics = z.output<typeof summaryMetrics>;

export const summarySources = ['model', 'extractive'] as const;
export type SummarySource = (typeof summarySources)[number];

export const eventSummary = z.strictObject({
  text: z.string().meta({ description: 'plain text with pills: @[user:id:name], @[file:id:name], @[folder:id:name], @[workspace:id:name], @[share:id:name]' }),
  source: z.enum(summarySources),
  metrics: summaryMetrics,
});
