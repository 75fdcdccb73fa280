// Whether a checkpoint stands at or beyond the entry that says that a run began: by the very function that the database asks before anything is deleted.
import type { Pool } from '../pool.ts';
import { queryAs } from '../tenant-transaction.ts';
import type { RunRef } from './run-rows.ts';

export async function beginningIsSigned(pool: Pool, { tenantId, runId }: RunRef): Promise<boolean> {
  const [row] = await queryAs<{ signed: boolean }>(pool, tenantId, { name: 'beginning-is-signed', text: 'SELECT beginning_is_signed($1, $2) AS signed', values: [tenantId, runId] });
  return row?.signed === true;
}
