// The rows of exports as they are shown and listed.
import type { AuditExport, ExportForm, ExportState } from '../../domain/export/export.schema.ts';
import type { Ask } from '../access/ask.ts';
import { pageOf } from '../list-page.ts';
import type { Page, PageAsked } from '../list-page.ts';

export interface ExportRef {
  readonly tenantId: string;
  readonly exportId: string;
}

export async function findExport(ask: Ask, { tenantId, exportId }: ExportRef): Promise<AuditExport | null> {
  const [row] = await ask<ExportRow>({ name: 'find-export', text: `SELECT ${columns} FROM audit_export x WHERE x.tenant_id = $1 AND x.id = $2`, values: [tenantId, exportId] });
  return row === undefined ? null : asExport(row);
}

export interface ExportPage extends PageAsked {
  readonly tenantId: string;
  readonly state: ExportState | null;
  readonly reportId: string | null;
}

/** The newest first: ids are ordered by the time of their making. */
export async function listExports(ask: Ask, { tenantId, state, reportId, afterId, limit }: ExportPage): Promise<Page<AuditExport>> {
  const rows = await ask<ExportRow>({
    name: 'list-exports',
    text: `SELECT ${columns} FROM audit_export x
      WHERE x.tenant_id = $1 AND ($2::text IS NULL OR x.state = $2) AND ($3::text IS NULL OR x.report_id = $3) AND ($4 = '' OR x.id < $4) ORDER BY x.id DESC LIMIT $5`,
    values: [tenantId, state, reportId, afterId, limit + 1],
  });
  return pageOf(rows.map(asExport), { limit });
}

export interface StoredPart {
  /** As it lies in the folder. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Null for one that is not there, or not written. */
export async function findPart(ask: Ask, { tenantId, exportId }: ExportRef, number: number): Promise<StoredPart | null> {
  const [row] = await ask<{ file: string; bytes: string; sha256: string }>({
    name: 'find-export-part',
    text: 'SELECT file, bytes, sha256 FROM audit_export_part WHERE tenant_id = $1 AND export_id = $2 AND number = $3 AND file IS NOT NULL',
    values: [tenantId, exportId, number],
  });
  return row === undefined ? null : { ...row, bytes: Number(row.bytes) };
}

export interface SignedManifest {
  readonly body: string;
  readonly signature: string;
}

/** Null before it is signed. */
export async function findManifest(ask: Ask, { tenantId, exportId }: ExportRef): Promise<SignedManifest | null> {
  const [row] = await ask<{ body: string; signature: string }>({
    name: 'find-export-manifest',
    text: `SELECT manifest AS body, encode(signature, 'base64') AS signature FROM audit_export WHERE tenant_id = $1 AND id = $2 AND manifest IS NOT NULL`,
    values: [tenantId, exportId],
  });
  return row === undefined ? null : { body: row.body, signature: row.signature.replaceAll('\n', '') };
}

export function formOf({ format, compress }: ExportForm): ExportForm {
  return { format, compress };
}

type ExportRow = Omit<AuditExport, 'as_of_seq' | 'progress' | 'columns'> & {
  readonly columns: readonly string[];
  readonly as_of_seq: string;
  readonly of: string | null;
  readonly rows: string;
  readonly bytes: string;
  readonly parts: number;
};

/** The job was given up, and the row of the export does not know it. */
const givenUp = `(SELECT coalesce(j.error, 'its job was cancelled') FROM job j WHERE x.state IN ('queued', 'running') AND j.tenant_id = x.tenant_id AND j.id = x.id AND j.state IN ('failed', 'cancelled'))`;

const columns = `x.id, CASE WHEN ${givenUp} IS NULL THEN x.state ELSE 'failed' END AS state, x.format, x.compress, x.columns, x.filter, x.saved_query_id, x.report_id, x.as_of_seq, x.of, x.rows, x.bytes, x.parts, x.requested_by,
  iso_utc(x.created_at) AS created_at, iso_utc(x.started_at) AS started_at, iso_utc(x.finished_at) AS finished_at, iso_utc(x.expires_at) AS expires_at, coalesce(x.error, ${givenUp}) AS error`;

function asExport({ of, rows, bytes, parts, ...row }: ExportRow): AuditExport {
  return {
    ...row,
    columns: [...row.columns],
    as_of_seq: Number(row.as_of_seq),
    progress: { rows: Number(rows), of: of === null ? null : Number(of), bytes: Number(bytes), parts },
  };
}
