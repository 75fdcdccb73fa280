// A queued run begins, and one that waited for an export goes on: from here on the pruner's role may remove in its name.
import { asking } from '../access/ask.ts';
import { runIsPinnedSql } from '../held/pins.ts';
import type { Pool } from '../pool.ts';
import { inTenant } from '../tenant-transaction.ts';
import type { RunRef } from './run-rows.ts';

export async function beginRun(pool: Pool, { tenantId, runId }: RunRef, now: string): Promise<void> {
  await inTenant(pool, tenantId, (client) =>
    asking(client)({
      name: 'begin-run',
      text: `UPDATE retention_run r SET state = 'running', paused_for_pin = false, started_at = coalesce(started_at, $3)
        WHERE r.tenant_id = $1 AND r.id = $2 AND (r.state = 'queued' OR (r.state = 'paused' AND r.paused_for_pin AND NOT ${runIsPinnedSql}))`,
      values: [tenantId, runId, now],
    }),
  );
}
