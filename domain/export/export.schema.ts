// An export: how it is asked for and how it is shown.
import { z } from 'zod';
import { savedFilter } from '../filter/saved-query.schema.ts';
import { exportColumns, usualColumns } from './columns.ts';

export const formats = ['csv', 'json', 'ndjson'] as const;
export type ExportFormat = (typeof formats)[number];

export const exportStates = ['queued', 'running', 'completed', 'failed', 'cancelled', 'expired'] as const;
export type ExportState = (typeof exportStates)[number];

export interface ExportForm {
  readonly format: ExportFormat;
  readonly compress: 'gzip' | null;
}

const columnsExpected = `expected some of the columns, each once: ${exportColumns.join(', ')}`;
export const columnList = z
  .array(z.enum(exportColumns, columnsExpected), columnsExpected)
  .min(1, columnsExpected)
  .refine((columns) => new Set(columns).size === columns.length, columnsExpected);

export const formFields = {
  format: z.enum(formats),
  columns: columnList.default([...usualColumns]).describe('In this order; the audit object unless given.'),
  compress: z.enum(['gzip']).optional().describe('Each file by itself.'),
};

export const savedQueryId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected the id of a saved query');

const whatFields = {
  filter: savedFilter.optional().describe('The parameters of the search; without it and without a saved query, the whole log.'),
  saved_query_id: savedQueryId.optional(),
};
const eitherOfThem = { path: ['saved_query_id'], error: 'expected either a filter or a saved query' };
const isEither = ({ filter, saved_query_id: saved }: { filter?: unknown; saved_query_id?: string | undefined }): boolean => filter === undefined || saved === undefined;

export const exportWish = z.strictObject({ ...formFields, ...whatFields }).refine(isEither, eitherOfThem);
export type ExportWish = z.output<typeof exportWish>;

/** Answered at once, as one document. */
export const streamWish = z.strictObject({ format: formFields.format, columns: formFields.columns, ...whatFields }).refine(isEither, eitherOfThem);
export type StreamWish = z.output<typeof streamWish>;

export const auditExport = z
  .strictObject({
    id: z.string(),
    state: z.enum(exportStates),
    format: z.enum(formats),
    compress: z.enum(['gzip']).nullable(),
    columns: z.array(z.string()),
    filter: z.looseObject({}).describe('The parameters of the search, lists as lists.'),
    saved_query_id: z.string().nullable(),
    report_id: z.string().nullable().describe('Of the scheduled report that made it.'),
    as_of_seq: z.int().describe('It holds what the log held up to here.'),
    progress: z.strictObject({
      rows: z.int(),
      of: z.int().nullable().describe('Null until they have been counted.'),
      bytes: z.int(),
      parts: z.int(),
    }),
    requested_by: z.string(),
    created_at: z.string(),
    started_at: z.string().nullable(),
    finished_at: z.string().nullable(),
    expires_at: z.string().nullable().describe('When its files are removed.'),
    error: z.string().nullable(),
  })
  .meta({ id: 'AuditExport' });
export type AuditExport = z.output<typeof auditExport>;
