// A log with months that are over, a hold on one entry in twenty of it, and runs over some of these months that are under way: what removals are measured on.
import type pg from 'pg';
import { filterToJson } from '../domain/filter/filter-json.ts';
import { toFilter } from '../domain/filter/filter.schema.ts';
import { isRefusal } from '../domain/shared/refusal.ts';
import { prunePair } from '../db/retention/prune-pair.ts';

/** Ten of two hundred: one entry in twenty is theirs. */
export const heldUsers = Array.from({ length: 10 }, (_, index) => `usr_${String(index * 20)}`);

export async function removeAll(pruner: pg.Pool, runId: string, batchEntries: number): Promise<number> {
  const now = new Date().toISOString();
  for (let removed = 0; ; ) {
    const outcome = await prunePair(pruner, { tenantId: 'demo', runId, now, batchEntries });
    if (outcome.kind === 'done') return removed;
    if (outcome.kind !== 'removed') throw new Error(`the run is ${outcome.kind}`);
    removed += outcome.removed;
  }
}

export async function placeHold(owner: pg.Client): Promise<void> {
  const ofHeldUsers = toFilter({ user_id: heldUsers });
  if (isRefusal(ofHeldUsers)) throw new Error(ofHeldUsers.message);
  await owner.query(`INSERT INTO legal_hold (tenant_id, id, name, custodian_ids, created_by, created_at, updated_at) VALUES ('demo', 'HOLD', 'Bench', '{}', 'officer', now(), now())`);
  await owner.query(
    `INSERT INTO legal_hold_item (tenant_id, id, hold_id, scope_type, scope_ids, filter, selection, placed_by, placed_at, effective_seq)
     VALUES ('demo', 'ITEM', 'HOLD', 'query', '{}', $1, $1, 'officer', now(), 1)`,
    [JSON.stringify(filterToJson(ofHeldUsers))],
  );
}

/** Without the newest of them, which may still be written into. */
export async function monthsThatAreOver(owner: pg.Client): Promise<string[]> {
  const { rows } = await owner.query<{ name: string }>(`SELECT name FROM entry_partitions() AS name WHERE name < 'entry_' || to_char(now() - interval '1 month', 'YYYY_MM') ORDER BY name`);
  return rows.map(({ name }) => name);
}

/** Everything in these months, held or not, as if it had been planned before the hold came; in parts as full as those of a plan of a whole log. */
export async function planRun(owner: pg.Client, { runId, span }: { runId: string; span: readonly string[] }): Promise<string> {
  await owner.query(
    `INSERT INTO retention_policy (tenant_id, id, version, name, retention_days, min_retention_days, counts_from, action, scope_type, scope_ids, schedule, approval, mode, enabled, created_by, created_at, updated_at)
     VALUES ('demo', 'POLICY', 1, 'All', 0, 0, 'creation', 'delete', 'tenant', '{}', '20 2 * * *', 'none', 'governance', true, 'officer', now(), now()) ON CONFLICT DO NOTHING`,
  );
  await owner.query(
    `INSERT INTO retention_plan (tenant_id, hash, policy_id, policy_version, as_of_seq, as_of, summary, made_by, made_at)
     SELECT 'demo', $1, 'POLICY', 1, last_seq, now(), '{}', 'officer', now() FROM tenant_log WHERE tenant_id = 'demo'`,
    [runId],
  );
  const found = span.map((name) => `SELECT seq FROM ${name} WHERE tenant_id = 'demo'`).join(' UNION ALL ');
  await owner.query(
    `INSERT INTO retention_plan_part (tenant_id, plan_hash, number, first_seq, last_seq, seqs)
     SELECT 'demo', $1, row_number() OVER (ORDER BY part), min(seq), max(seq), range_agg(int8range(seq, seq, '[]'))
     FROM (SELECT seq, (row_number() OVER (ORDER BY seq) - 1) / 50000 AS part FROM (${found}) AS f) AS g GROUP BY part`,
    [runId],
  );
  await owner.query(`INSERT INTO retention_run (tenant_id, id, policy_id, plan_hash, state, requested_by, created_at, started_at) VALUES ('demo', $1, 'POLICY', $1, 'running', 'officer', now(), now())`, [runId]);
  return runId;
}

export function chunksOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.floor(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}
