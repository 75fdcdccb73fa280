// Whether the files of an export are still wanted, and until when.
import { asking } from '../access/ask.ts';
import type { Pool } from '../pool.ts';
import { inTenant } from '../tenant-transaction.ts';
import type { ExportRef } from './export-rows.ts';

export interface FilesOfExport {
  readonly state: 'open' | 'kept' | 'unwanted' | 'removed';
  /** Of files that are kept. */
  readonly expiresAtMs: number | null;
}

export async function lookAtFiles(pool: Pool, { tenantId, exportId }: ExportRef): Promise<FilesOfExport> {
  const [row] = await inTenant(pool, tenantId, (client) =>
    asking(client)<{ state: string; expires_at: Date | null; removed: boolean }>({
      name: 'files-of-export',
      text: 'SELECT state, expires_at, files_removed_at IS NOT NULL AS removed FROM audit_export WHERE tenant_id = $1 AND id = $2',
      values: [tenantId, exportId],
    }),
  );
  if (row === undefined || row.removed) return { state: 'removed', expiresAtMs: null };
  if (row.state === 'queued' || row.state === 'running') return { state: 'open', expiresAtMs: null };
  if (row.state === 'completed') return { state: 'kept', expiresAtMs: row.expires_at?.getTime() ?? 0 };
  return { state: 'unwanted', expiresAtMs: null };
}

export async function noteFilesRemoved(pool: Pool, { tenantId, exportId }: ExportRef, now: string): Promise<void> {
  await inTenant(pool, tenantId, (client) =>
    asking(client)({ name: 'export-files-removed', text: 'UPDATE audit_export SET files_removed_at = $3 WHERE tenant_id = $1 AND id = $2', values: [tenantId, exportId, now] }),
  );
}

/** Files that rows name; the others are litter of attempts that ended. */
export async function wantedFiles(pool: Pool, { tenantId, exportId }: ExportRef): Promise<ReadonlySet<string>> {
  const rows = await inTenant(pool, tenantId, (client) =>
    asking(client)<{ file: string }>({
      name: 'wanted-export-files',
      text: 'SELECT file FROM audit_export_part WHERE tenant_id = $1 AND export_id = $2 AND file IS NOT NULL',
      values: [tenantId, exportId],
    }),
  );
  return new Set(rows.map(({ file }) => file));
}
