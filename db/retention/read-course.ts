// What a run does, and how far it has been decided.
import type { Pool } from '../pool.ts';
import { queryAs } from '../tenant-transaction.ts';
import type { RunRef } from './run-rows.ts';

export interface Course {
  readonly action: 'delete' | 'archive' | 'quarantine';
  readonly state: string;
  readonly decision: 'confirmed' | 'restored' | null;
}

export async function readCourse(pool: Pool, { tenantId, runId }: RunRef): Promise<Course> {
  const [course] = await queryAs<Course>(pool, tenantId, { name: 'course-of-run', text: 'SELECT action, state, decision FROM retention_run WHERE tenant_id = $1 AND id = $2', values: [tenantId, runId] });
  if (course === undefined) throw new Error(`there is no run ${runId}`);
  return course;
}
