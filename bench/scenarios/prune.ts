// Removing entries in the batches of a run, one in twenty held, beside a bare DELETE of as many rows of as many months; and how long an emptied month takes to go.
import pg from 'pg';
import { filterToJson } from '../../domain/filter/filter-json.ts';
import { toFilter } from '../../domain/filter/filter.schema.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import { createPool } from '../../db/pool.ts';
import { defaultBatchEntries } from '../../db/retention/open-batch.ts';
import { pruneBatch } from '../../db/retention/prune-batch.ts';
import { fillLog } from '../fill-log.ts';
import { bareDelete, switchGuardsOff } from '../floors/bare-delete.ts';
import type { BenchInstallation } from '../installation.ts';
import type { Comparison } from '../measure.ts';

const entries = 1_000_000;
const months = 84;
const monthsPerRound = 4;
const batchEntries = defaultBatchEntries;
/** Ten of two hundred: one entry in twenty is theirs. */
const heldUsers = Array.from({ length: 10 }, (_, index) => `usr_${String(index * 20)}`);

export async function prune({ ownerUrl, prunerUrl }: BenchInstallation): Promise<{ comparison: Comparison; end: () => Promise<void> }> {
  await fillLog({ ownerUrl, entries, months });
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  const pruner = createPool({ url: prunerUrl, max: 1 });
  await placeHold(owner);
  const partitions = await monthsThatAreOver(owner);
  const spans = chunksOf(partitions, monthsPerRound);
  // Neighbours go to one side each: both remove the same kind of months in every round.
  const ours = spans.filter((_, index) => index % 2 === 0);
  const bare = spans.filter((_, index) => index % 2 === 1);
  const runs: string[] = [];
  for (const [index, span] of ours.entries()) runs.push(await planRun(owner, { runId: `RUN${String(index)}`, span }));
  await switchGuardsOff(owner, bare.flat());
  await owner.query('VACUUM ANALYZE');

  const comparison: Comparison = {
    name: 'prune',
    unit: 'entries',
    oursIs: 'batches of a run: gate, holds, deletion, tombstones, floors, progress',
    floorIs: 'a bare DELETE of the rows of as many months, in batches of as many, without what is held',
    target: 0.6,
    ours: {
      async round() {
        const runId = runs.shift();
        if (runId === undefined) throw new Error('there are no months left to remove');
        return removeAll(pruner, runId);
      },
    },
    floor: {
      async round() {
        const span = bare.shift();
        if (span === undefined) throw new Error('there are no months left to remove');
        return bareDelete({ owner, partitions: span, batchEntries, keptUsers: heldUsers });
      },
    },
  };
  return {
    comparison,
    async end() {
      await dropOne(owner);
      await pruner.end();
      await owner.end();
    },
  };
}

async function removeAll(pruner: pg.Pool, runId: string): Promise<number> {
  const now = new Date().toISOString();
  for (let removed = 0; ; ) {
    const outcome = await pruneBatch(pruner, { tenantId: 'demo', runId, now, batchEntries });
    if (outcome.kind === 'done') return removed;
    if (outcome.kind !== 'removed') throw new Error(`the run is ${outcome.kind}`);
    removed += outcome.removed;
  }
}

async function placeHold(owner: pg.Client): Promise<void> {
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
async function monthsThatAreOver(owner: pg.Client): Promise<string[]> {
  const { rows } = await owner.query<{ name: string }>(`SELECT name FROM entry_partitions() AS name WHERE name < 'entry_' || to_char(now() - interval '1 month', 'YYYY_MM') ORDER BY name`);
  return rows.map(({ name }) => name);
}

/** Everything in these months, held or not, as if it had been planned before the hold came. */
async function planRun(owner: pg.Client, { runId, span }: { runId: string; span: readonly string[] }): Promise<string> {
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
     SELECT 'demo', $1, row_number() OVER (ORDER BY seq / 50000), min(seq), max(seq), range_agg(int8range(seq, seq, '[]')) FROM (${found}) AS f GROUP BY seq / 50000`,
    [runId],
  );
  await owner.query(`INSERT INTO retention_run (tenant_id, id, policy_id, plan_hash, state, requested_by, created_at, started_at) VALUES ('demo', $1, 'POLICY', $1, 'running', 'officer', now(), now())`, [runId]);
  return runId;
}

function chunksOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.floor(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}

async function dropOne(owner: pg.Client): Promise<void> {
  const [oldest] = await monthsThatAreOver(owner);
  if (oldest === undefined) return;
  await switchGuardsOff(owner, [oldest]);
  await owner.query(`DELETE FROM ${oldest}`);
  const startedMs = performance.now();
  const { rows } = await owner.query<{ outcome: string }>('SELECT drop_emptied_month($1) AS outcome', [oldest]);
  process.stdout.write(`prune: an emptied month was ${rows[0]?.outcome ?? 'not'} in ${(performance.now() - startedMs).toFixed(0)} ms\n\n`);
}
