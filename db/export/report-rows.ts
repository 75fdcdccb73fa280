// The rows of scheduled reports: read, listed, written.
import type { ExportColumn } from '../../domain/export/columns.ts';
import type { AuditReport, ReportWish } from '../../domain/export/report.schema.ts';
import type { Ask } from '../access/ask.ts';
import { pageOf } from '../list-page.ts';
import type { Page, PageAsked } from '../list-page.ts';

export interface ReportRef {
  readonly tenantId: string;
  readonly reportId: string;
}

export type StoredReport = Omit<AuditReport, 'columns'> & { readonly columns: ExportColumn[] };

export async function findReport(ask: Ask, { tenantId, reportId }: ReportRef): Promise<StoredReport | null> {
  const [row] = await ask<StoredReport>({ name: 'find-report', text: `SELECT ${columns} FROM audit_report r WHERE r.tenant_id = $1 AND r.id = $2`, values: [tenantId, reportId] });
  return row ?? null;
}

export async function listReports(ask: Ask, { tenantId, afterId, limit }: PageAsked & { readonly tenantId: string }): Promise<Page<AuditReport>> {
  const rows = await ask<StoredReport>({
    name: 'list-reports',
    text: `SELECT ${columns} FROM audit_report r WHERE r.tenant_id = $1 AND r.id > $2 ORDER BY r.id LIMIT $3`,
    values: [tenantId, afterId, limit + 1],
  });
  return pageOf(rows, { limit });
}

export async function countReports(ask: Ask, tenantId: string): Promise<number> {
  const [row] = await ask<{ reports: string }>({ name: 'count-reports', text: 'SELECT count(*) AS reports FROM audit_report WHERE tenant_id = $1', values: [tenantId] });
  return Number(row?.reports ?? 0);
}

export interface ReportWritten extends ReportRef {
  readonly state: ReportWish;
  readonly by: string;
  readonly now: string;
}

/** Who made it, and when, stays as it was. */
export async function writeReport(ask: Ask, { tenantId, reportId, state, by, now }: ReportWritten): Promise<void> {
  await ask({
    name: 'write-report',
    text: `INSERT INTO audit_report AS r (tenant_id, id, name, saved_query_id, format, compress, columns, schedule, enabled, keep_days, created_by, created_at, updated_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7::text[], $8, $9, $10, $11, $12, $12)
      ON CONFLICT (tenant_id, id) DO UPDATE SET name = $3, saved_query_id = $4, format = $5, compress = $6, columns = $7::text[], schedule = $8, enabled = $9, keep_days = $10, updated_at = $12`,
    values: [tenantId, reportId, state.name, state.saved_query_id, state.format, state.compress, [...state.columns], state.schedule, state.enabled, state.keep_days, by, now],
  });
}

export async function removeReport(ask: Ask, { tenantId, reportId }: ReportRef): Promise<void> {
  await ask({ name: 'remove-report', text: 'DELETE FROM audit_report WHERE tenant_id = $1 AND id = $2', values: [tenantId, reportId] });
}

const columns = `r.id, r.name, r.saved_query_id, r.format, r.columns, r.compress, r.schedule, r.enabled, r.keep_days,
  (SELECT max(x.id) FROM audit_export x WHERE x.tenant_id = r.tenant_id AND x.report_id = r.id) AS last_export_id,
  r.created_by, iso_utc(r.created_at) AS created_at, iso_utc(r.updated_at) AS updated_at`;
