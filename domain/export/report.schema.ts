// A scheduled report: a saved query that is exported whenever its time comes; how it is asked for and how it is shown.
import { z } from 'zod';
import { parseCron } from '../job/cron.ts';
import { columnList, formats, formFields, savedQueryId } from './export.schema.ts';

const asked = {
  name: z.string().trim().min(1, 'expected text that is not empty').max(200, 'expected at most 200 characters'),
  saved_query_id: savedQueryId,
  format: formFields.format,
  columns: formFields.columns,
  compress: z.enum(['gzip']).nullable(),
  schedule: z.string().max(128).refine((value) => parseCron(value) !== null, 'expected a cron expression of five fields, such as "0 6 * * 1"; it is read in UTC'),
  enabled: z.boolean(),
  keep_days: z.int().min(1, 'expected 1 to 3650 days').max(3_650, 'expected 1 to 3650 days').describe('How long the files of each result are kept.'),
};

export const reportWish = z.strictObject({ ...asked, compress: asked.compress.default(null), enabled: asked.enabled.default(true), keep_days: asked.keep_days.default(90) });
export type ReportWish = z.output<typeof reportWish>;

export const reportChange = z.strictObject({ ...asked, columns: columnList }).partial();
export type ReportChange = z.output<typeof reportChange>;

export const auditReport = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    saved_query_id: z.string(),
    format: z.enum(formats),
    columns: z.array(z.string()),
    compress: z.enum(['gzip']).nullable(),
    schedule: z.string().describe('In UTC.'),
    enabled: z.boolean(),
    keep_days: z.int(),
    last_export_id: z.string().nullable(),
    created_by: z.string(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'AuditReport' });
export type AuditReport = z.output<typeof auditReport>;

/** How one time of a report's schedule ended. */
export type ReportOutcome = { readonly outcome: 'made'; readonly export_id: string } | { readonly outcome: 'ended' | 'query_gone' };
