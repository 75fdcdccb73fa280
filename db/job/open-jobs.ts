// Which jobs of all tenants are open, by their keys alone.
import type { JobRef } from '../../domain/job/job.ts';
import type { Pool } from '../pool.ts';

export async function openJobsAfter(pool: Pool, { after, limit }: { readonly after: JobRef; readonly limit: number }): Promise<JobRef[]> {
  const { rows } = await pool.query<{ tenant_id: string; id: string }>({
    name: 'open-jobs',
    text: 'SELECT tenant_id, id FROM open_jobs($1, $2, $3)',
    values: [after.tenantId, after.id, limit],
  });
  return rows.map((row) => ({ tenantId: row.tenant_id, id: row.id }));
}

export const beforeAllJobs: JobRef = { tenantId: '', id: '' };
