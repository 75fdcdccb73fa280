// Reads the entries that a run's plan names, as they are stored and in their order, a bounded page at a time.
import type { StoredEntry } from '../../domain/journal/entry.ts';
import { asStored, storedColumnsSql } from '../journal/read-stored.ts';
import type { StoredRow } from '../journal/read-stored.ts';
import type { Pool } from '../pool.ts';
import { queryAs } from '../tenant-transaction.ts';
import { monthsSql } from './open-batch.ts';
import type { RunRef } from './run-rows.ts';

export interface PlannedRun {
  readonly policyId: string;
  readonly policyVersion: number;
  readonly planHash: string;
  readonly asOfSeq: number;
}

export async function findPlannedRun(pool: Pool, { tenantId, runId }: RunRef): Promise<PlannedRun> {
  const [row] = await queryAs<{ policy_id: string; policy_version: number; hash: string; as_of_seq: string }>(pool, tenantId, {
    name: 'planned-run',
    text: `SELECT p.policy_id, p.policy_version, p.hash, p.as_of_seq FROM retention_run r JOIN retention_plan p ON p.tenant_id = r.tenant_id AND p.hash = r.plan_hash
      WHERE r.tenant_id = $1 AND r.id = $2`,
    values: [tenantId, runId],
  });
  if (row === undefined) throw new Error(`there is no plan of the run ${runId}`);
  return { policyId: row.policy_id, policyVersion: row.policy_version, planHash: row.hash, asOfSeq: Number(row.as_of_seq) };
}

/** What other runs have removed meanwhile is not there any more. Each page is a short transaction. */
export async function* readPlanned(
  pool: Pool,
  { tenantId, planHash, afterSeq, pageEntries = 500 }: { readonly tenantId: string; readonly planHash: string; readonly afterSeq: number; readonly pageEntries?: number },
): AsyncGenerator<readonly StoredEntry[]> {
  let after = afterSeq;
  for (let part = await partAfter(pool, { tenantId, planHash, after }); part !== null; part = await partAfter(pool, { tenantId, planHash, after })) {
    for (;;) {
      const rows: StoredRow[] = await queryAs<StoredRow>(pool, tenantId, { name: 'planned-entries', text: pageSql, values: [tenantId, planHash, part.number, after, part.lastSeq, pageEntries] });
      if (rows.length > 0) yield rows.map(asStored);
      const last = rows.at(-1);
      if (last === undefined || rows.length < pageEntries) break;
      after = Number(last.seq);
    }
    after = part.lastSeq;
  }
}

const pageSql = `
  SELECT ${storedColumnsSql} FROM entry e
  WHERE e.tenant_id = $1 AND e.seq > $4::bigint AND e.seq <= $5::bigint
    AND e.seq <@ (SELECT range_agg(p.seqs) FROM retention_plan_part p WHERE p.tenant_id = $1 AND p.plan_hash = $2 AND p.number = $3)
    AND ${monthsSql('e', { after: '$4', last: '$5' })}
  ORDER BY e.seq LIMIT $6`;

async function partAfter(pool: Pool, { tenantId, planHash, after }: { tenantId: string; planHash: string; after: number }): Promise<{ number: number; lastSeq: number } | null> {
  const [row] = await queryAs<{ number: number; last_seq: string }>(pool, tenantId, {
    name: 'part-after',
    text: 'SELECT number, last_seq FROM retention_plan_part WHERE tenant_id = $1 AND plan_hash = $2 AND last_seq > $3 ORDER BY number LIMIT 1',
    values: [tenantId, planHash, after],
  });
  return row === undefined ? null : { number: row.number, lastSeq: Number(row.last_seq) };
}
