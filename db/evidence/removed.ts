// What tombstones keep of the entries that were removed from a log, in the log's order, a bounded stretch at a time.
import type { RemovedEntry } from '../../domain/evidence/removed-entry.ts';
import type { Pool } from '../pool.ts';
import { queryAs } from '../tenant-transaction.ts';
import { removedSql } from './leaves.ts';

const seqsPerPage = 4_096;

export async function* readRemoved(pool: Pool, { tenantId, throughSeq }: { tenantId: string; throughSeq: number }): AsyncGenerator<RemovedEntry> {
  for (let from = await nextFrom(pool, { tenantId, after: 0 }); from !== null && from <= throughSeq; from = await nextFrom(pool, { tenantId, after: from + seqsPerPage - 1 })) {
    const through = Math.min(from + seqsPerPage - 1, throughSeq);
    const rows = await queryAs<{ seq: string; leaf: Buffer; link: Buffer; run_id: string }>(pool, tenantId, {
      name: 'removed-entries',
      text: `SELECT g.seq, g.leaf, g.link, g.run_id FROM (${removedSql}) AS g ORDER BY g.seq`,
      values: [tenantId, from, through],
    });
    for (const { seq, leaf, link, run_id: runId } of rows) yield { seq: Number(seq), leaf, link, runId };
  }
}

/** Where the next tombstone begins: stretches from which nothing was removed are not looked through. */
async function nextFrom(pool: Pool, { tenantId, after }: { tenantId: string; after: number }): Promise<number | null> {
  const [row] = await queryAs<{ from: string | null }>(pool, tenantId, {
    name: 'next-removed',
    text: 'SELECT CASE WHEN count(*) > 0 THEN greatest(min(first_seq), $2::bigint + 1) END AS from FROM tombstone WHERE tenant_id = $1 AND last_seq > $2::bigint',
    values: [tenantId, after],
  });
  return row?.from == null ? null : Number(row.from);
}
