// What a run kept of its plan, page by page in the order of the log.
import type { Kept, KeptReason } from '../../domain/retention/run.schema.ts';
import { refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import type { Ask } from '../access/ask.ts';
import { pageOf } from '../list-page.ts';
import type { Page, PageAsked } from '../list-page.ts';
import { monthsSql } from './open-batch.ts';
import type { RunRef } from './run-rows.ts';

/** Its cursors name a seq. */
export async function listKept(ask: Ask, { tenantId, runId, reason, afterId, limit }: RunRef & PageAsked & { readonly reason: KeptReason | null }): Promise<Page<Kept> | Refusal> {
  if (!/^\d{0,15}$/.test(afterId)) return refuse('CURSOR_INVALID', { message: 'The cursor is not one of this list.' });
  const [run] = await ask({ name: 'run-of-kept', text: 'SELECT 1 AS there FROM retention_run WHERE tenant_id = $1 AND id = $2', values: [tenantId, runId] });
  if (run === undefined) return refuse('NOT_FOUND');
  const rows = await ask<{ seq: string; reason: KeptReason }>({
    name: 'list-kept',
    text: 'SELECT seq, reason FROM retention_kept WHERE tenant_id = $1 AND run_id = $2 AND seq > $3 AND ($4::text IS NULL OR reason = $4) ORDER BY seq LIMIT $5',
    values: [tenantId, runId, afterId === '' ? 0 : afterId, reason, limit + 1],
  });
  const page = pageOf(rows.map((row) => ({ ...row, id: row.seq })), { limit });
  const ids = await idsOf(ask, { tenantId, seqs: page.rows.map(({ seq }) => Number(seq)) });
  return { ...page, rows: page.rows.map(({ seq, reason: why }) => ({ seq: Number(seq), id: ids.get(Number(seq)) ?? null, reason: why })) };
}

async function idsOf(ask: Ask, { tenantId, seqs }: { tenantId: string; seqs: readonly number[] }): Promise<ReadonlyMap<number, string>> {
  const [first, last] = [seqs.at(0), seqs.at(-1)];
  if (first === undefined || last === undefined) return new Map();
  const rows = await ask<{ seq: string; id: string }>({
    name: 'ids-of-kept',
    text: `SELECT e.seq, 'aud_' || e.id AS id FROM entry e WHERE e.tenant_id = $1 AND e.seq = ANY ($4::bigint[]) AND ${monthsSql('e', { after: '$2', last: '$3' })}`,
    values: [tenantId, first - 1, last, seqs],
  });
  return new Map(rows.map(({ seq, id }) => [Number(seq), id]));
}
