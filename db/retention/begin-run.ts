// A queued run begins: from here on the pruner's role may remove in its name.
import { asking } from '../access/ask.ts';
import type { Pool } from '../pool.ts';
import { inTenant } from '../tenant-transaction.ts';
import type { RunRef } from './run-rows.ts';

export async function beginRun(pool: Pool, { tenantId, runId }: RunRef, now: string): Promise<void> {
  await inTenant(pool, tenantId, (client) =>
    asking(client)({
      name: 'begin-run',
      text: `UPDATE retention_run SET state = 'running', started_at = coalesce(started_at, $3) WHERE tenant_id = $1 AND id = $2 AND state = 'queued'`,
      values: [tenantId, runId, now],
    }),
  );
}
