// The gate of a tenant's holds: what makes entries held closes it, what removes entries passes it, and neither goes on while the other is under way.
import type { Ask } from '../access/ask.ts';

/** Before anything else is read: until this transaction ends nothing is removed. */
export async function closeGate(ask: Ask, tenantId: string): Promise<void> {
  const rows = await ask({ name: 'close-gate', text: 'SELECT 1 AS gate FROM hold_gate WHERE tenant_id = $1 FOR UPDATE', values: [tenantId] });
  requireGate(rows, tenantId);
}

/**
 * The first statement of a READ COMMITTED transaction that removes; holds are read and entries removed by later statements.
 * In one statement the snapshot would be older than the wait, and the hold that was waited for would not be seen.
 * One at a time: what one statement has found and a later one removes no other run may remove in between.
 */
export async function passGate(ask: Ask, tenantId: string): Promise<void> {
  await pass(ask, { tenantId, name: 'pass-gate', lock: 'NO KEY UPDATE' });
  // Whoever passed beside the one before may still be at work.
  await ask({ name: 'nobody-beside', text: `SELECT pg_advisory_lock(${besideSql}), pg_advisory_unlock(${besideSql})`, values: [tenantId] });
}

/**
 * Beside one that has passed the gate and waits until this is through: it keeps the gate shut for holds, and the next one out.
 * As all that follows it in the transaction is read later, the holds read there are in force until this ends too.
 */
export async function passGateBeside(ask: Ask, tenantId: string): Promise<void> {
  await pass(ask, { tenantId, name: 'pass-gate-beside', lock: 'KEY SHARE' });
  await ask({ name: 'one-beside', text: `SELECT pg_advisory_xact_lock(${besideSql})`, values: [tenantId] });
}

const besideSql = `hashtextextended('holdfast.beside:' || $1, 0)`;

interface Passing {
  readonly tenantId: string;
  readonly name: string;
  readonly lock: 'NO KEY UPDATE' | 'KEY SHARE';
}

async function pass(ask: Ask, { tenantId, name, lock }: Passing): Promise<void> {
  const rows = await ask<{ isolation: string }>({ name, text: `SELECT current_setting('transaction_isolation') AS isolation FROM hold_gate WHERE tenant_id = $1 FOR ${lock}`, values: [tenantId] });
  requireGate(rows, tenantId);
  // With one snapshot for the whole transaction, waiting here would be in vain.
  if (rows[0]?.isolation !== 'read committed') throw new Error('who removes entries must read what was committed while it waited');
}

/** Without its row there is nothing to wait at: then nothing may be placed and nothing removed. */
function requireGate(rows: readonly object[], tenantId: string): void {
  if (rows.length !== 1) throw new Error(`the tenant ${tenantId} has no hold gate`);
}
