// Pins: what an export under way still has to read, no run takes away while the export's lease lasts.
import type { Ask } from '../access/ask.ts';

export interface PinnedStretch {
  readonly tenantId: string;
  readonly afterSeq: number | string;
  readonly throughSeq: number | string;
}

/**
 * Behind the gate. A pin whose lease has run out is broken by whoever passes it, and its export cannot come back to it: it learns of it by its row.
 * Both may want the row at once; who comes second sees what the first has done.
 */
export async function isPinned(ask: Ask, { tenantId, afterSeq, throughSeq }: PinnedStretch): Promise<boolean> {
  const stretch = [tenantId, afterSeq, throughSeq];
  await ask({
    name: 'break-lapsed-pins',
    text: `UPDATE audit_export x SET pin_broken = true WHERE ${openSql} AND x.pinned_until <= clock_timestamp() AND x.after_seq < $3 AND x.as_of_seq > $2`,
    values: stretch,
  });
  const pins = await ask({
    name: 'pins-in-force',
    text: `SELECT 1 AS pin FROM audit_export x WHERE ${openSql} AND x.after_seq < $3 AND x.as_of_seq > $2 LIMIT 1`,
    values: stretch,
  });
  return pins.length > 0;
}

/** $1 tenant. */
const openSql = `x.tenant_id = $1 AND x.state IN ('queued', 'running') AND NOT x.pin_broken`;

/** Whether a pin reaches into the part that a run has come to, as a condition over `retention_run` under the alias r. */
export const runIsPinnedSql = `EXISTS (SELECT FROM audit_export x
    WHERE x.tenant_id = r.tenant_id AND x.state IN ('queued', 'running') AND NOT x.pin_broken AND x.pinned_until > clock_timestamp() AND x.as_of_seq > r.after_seq
      AND x.after_seq < (SELECT p.last_seq FROM retention_plan_part p WHERE p.tenant_id = r.tenant_id AND p.plan_hash = r.plan_hash AND p.number >= r.next_part ORDER BY p.number LIMIT 1))`;
