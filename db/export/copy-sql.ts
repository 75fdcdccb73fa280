// The statement by which the database writes the rows of an export, one message of bytes for each.
import pg from 'pg';
import { formulaStarts, safeColumns } from '../../domain/export/columns.ts';
import type { ExportColumn } from '../../domain/export/columns.ts';
import type { ExportFormat } from '../../domain/export/export.schema.ts';
import { literalParameters } from './literal-parameters.ts';
import { selectionSql } from './selection.ts';
import type { ExportSelection } from './selection.ts';
import { windowSql } from './seq-window.ts';
import type { SeqWindow } from './seq-window.ts';

export interface RowsAsked {
  readonly tenantId: string;
  readonly selection: ExportSelection;
  readonly format: ExportFormat;
  readonly columns: readonly ExportColumn[];
}

/** In the order of the log. */
export function copySql({ tenantId, selection, format, columns }: RowsAsked, window: SeqWindow): string {
  const parameters = literalParameters();
  const where = `${windowSql(window, pg.escapeLiteral(tenantId))} AND ${selectionSql(selection, parameters, tenantId)}`;
  const rows = format === 'csv' ? csvRow(columns) : jsonRow(columns);
  return `COPY (SELECT ${rows} FROM entry e WHERE ${where} ORDER BY e.seq) TO STDOUT WITH (${format === 'csv' ? 'FORMAT csv' : plainLines})`;
}

/** JSON text holds no control character: with these for its marks COPY leaves it as it is. */
const plainLines = `FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x01'`;

function jsonRow(columns: readonly ExportColumn[]): string {
  return `row_to_json((SELECT r FROM (SELECT ${columns.map((column) => `${valueSql(column)} AS ${column}`).join(', ')}) AS r))`;
}

function csvRow(columns: readonly ExportColumn[]): string {
  return columns.map((column) => (safeColumns.has(column) ? valueSql(column) : defused(valueSql(column)))).join(', ');
}

/** A spreadsheet shows a cell that begins with an apostrophe as text, and calculates nothing. */
function defused(value: string): string {
  return `CASE WHEN ascii(${value}) = ANY (${startCodes}) THEN '''' || ${value} ELSE ${value} END`;
}

const startCodes = `'{${formulaStarts.map((start) => String(start.codePointAt(0))).join(',')}}'::integer[]`;

function valueSql(column: ExportColumn): string {
  return written[column] ?? `e.${column}`;
}

const written: Partial<Readonly<Record<ExportColumn, string>>> = {
  id: `'aud_' || e.id`,
  parent_event_id: `'aud_' || e.parent_event_id`,
  details: `coalesce(e.details, '{}')`,
  event_time: 'iso_utc(e.event_time)',
  recorded_at: 'iso_utc(e.recorded_at)',
};
