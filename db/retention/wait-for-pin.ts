// A run that has come to what an export still has to read waits as `paused`, and goes on by itself when the pin is gone.
import { asking } from '../access/ask.ts';
import type { Ask } from '../access/ask.ts';
import type { Pool } from '../pool.ts';
import { inTenant, queryAs } from '../tenant-transaction.ts';
import type { RunRef } from './run-rows.ts';

export async function pauseForPin(pool: Pool, { tenantId, runId }: RunRef): Promise<void> {
  await inTenant(pool, tenantId, (client) =>
    asking(client)({
      name: 'pause-run-for-pin',
      text: `UPDATE retention_run SET state = 'paused', paused_for_pin = true WHERE tenant_id = $1 AND id = $2 AND state = 'running'`,
      values: [tenantId, runId],
    }),
  );
}

export async function waitsForPin(pool: Pool, { tenantId, runId }: RunRef): Promise<boolean> {
  const rows = await queryAs(pool, tenantId, {
    name: 'run-waits-for-pin',
    text: `SELECT 1 AS waits FROM retention_run WHERE tenant_id = $1 AND id = $2 AND state = 'paused' AND paused_for_pin`,
    values: [tenantId, runId],
  });
  return rows.length > 0;
}

/** Somebody paused it: it no longer goes on by itself. */
export async function pausedByHand(ask: Ask, { tenantId, runId }: RunRef): Promise<void> {
  await ask({ name: 'run-paused-by-hand', text: 'UPDATE retention_run SET paused_for_pin = false WHERE tenant_id = $1 AND id = $2 AND paused_for_pin', values: [tenantId, runId] });
}
