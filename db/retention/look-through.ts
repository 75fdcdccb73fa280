// Looks once through the stretch of a batch: judges each entry, and writes down what goes (the tombstone), how far readers are affected (floors) and what is kept.
import { sqlParameters } from '../../domain/filter/filter-sql.ts';
import type { HeldScope } from '../../domain/held/held-scope.ts';
import type { Ask } from '../access/ask.ts';
import { plannedSql, withinSql } from './batch-stretch.ts';
import type { BatchStretch } from './batch-stretch.ts';
import type { BatchStep, OpenBatch } from './open-batch.ts';
import { ruleSql } from './rules-in-force.ts';

export interface LookedThrough {
  readonly going: number;
  readonly kept: number;
  readonly lastGoing: string | null;
  /** The number of the tombstone; null when nothing goes. */
  readonly stone: number | null;
}

/** In the transaction that removes what the tombstone names, behind the gate: no hold and no minimum comes or goes in between, and no other run removes. */
export async function lookThrough(ask: Ask, { step: { tenantId, now }, batch: { run, policy, rules }, stretch }: { step: BatchStep; batch: OpenBatch; stretch: BatchStretch }): Promise<LookedThrough> {
  const planned = stretch.isWhole ? withinSql : plannedSql;
  const reviewed = run.action === 'quarantine' ? `${planned} AND ${hiddenByRunSql}` : planned;
  const parameters = sqlParameters([...stretch.values, now, stretch.planned]);
  const rule = ruleSql(policy, rules, { tenantId, asOf: now, parameters });
  const reason = `CASE WHEN ${rule.held()} THEN 'hold' WHEN ${rule.floored()} THEN 'floor' WHEN NOT ${rule.old()} THEN 'not_old_enough' END`;
  const users = heldUsers(rules.scopes);
  const text = lookSql({ reviewed, reason, users: users.length === 0 ? null : parameters.add(users) });
  const [found] = await ask<{ looked: string; going: string; last_going: string | null; stone: number | null }>({ name: '', text, values: parameters.values });
  if (found === undefined) throw new Error('a batch answered nothing');
  const going = Number(found.going);
  return { going, kept: Number(found.looked) - going, lastGoing: found.last_going, stone: found.stone };
}

/** What a second person confirmed is what was hidden: entries that a hold kept out of the quarantine stay. $1 tenant, $2 run. */
const hiddenByRunSql = `e.seq <@ (SELECT range_agg(q.seqs) FROM quarantine_part q WHERE q.tenant_id = $1 AND q.run_id = $2)`;

function heldUsers(scopes: readonly HeldScope[]): string[] {
  return [...new Set(scopes.flatMap(({ by }) => (by.kind === 'users' ? by.userIds : [])))];
}

/**
 * As `plannedSql`, and $9 now, $10 how many seqs of the stretch are planned. What an entry told about who created a resource is remembered for holds on that user.
 * Where all that is planned was there, what goes is the plan without what is kept, and a set made of the few that are kept is cheaper than one of all that go.
 * Places are grouped before they are narrowed to what goes: a condition would let them look few, and a sort by four texts is planned for few.
 */
function lookSql({ reviewed, reason, users }: { reviewed: string; reason: string; users: string | null }): string {
  const creation = users === null ? '' : ', e.user_id, e.change_type, e.resource_id';
  const remembered = users === null ? '' : `, remembered AS (
    INSERT INTO held_resource (tenant_id, user_id, resource_id)
    SELECT DISTINCT $1, l.user_id, l.resource_id FROM looked l
    WHERE l.reason IS NULL AND l.change_type = 'created' AND l.resource_id IS NOT NULL AND l.user_id = ANY (${users}::text[]) ON CONFLICT DO NOTHING
  )`;
  return `
  WITH looked AS MATERIALIZED (
    SELECT ${reason} AS reason, e.seq, e.leaf, e.link, e.share_id, e.workspace_id, e.org_id, e.category${creation} FROM entry e WHERE ${reviewed}
  ), places AS MATERIALIZED (
    SELECT l.share_id, l.workspace_id, l.org_id, l.category, count(*) AS looked, count(*) FILTER (WHERE l.reason IS NULL) AS going, max(l.seq) FILTER (WHERE l.reason IS NULL) AS seq
    FROM looked l GROUP BY 1, 2, 3, 4
  )${remembered}, kept AS (
    INSERT INTO retention_kept (tenant_id, run_id, seq, reason)
    SELECT $1, $2, l.seq, l.reason FROM looked l
    WHERE l.reason IS NOT NULL AND NOT EXISTS (SELECT FROM retention_kept k WHERE k.tenant_id = $1 AND k.run_id = $2 AND k.seq = l.seq AND k.seq > $5 AND k.seq <= $6)
  ), stone AS (
    INSERT INTO tombstone (tenant_id, run_id, number, first_seq, last_seq, seqs, leaves, links, removed_at)
    SELECT $1, $2, (SELECT count(*) + 1 FROM tombstone t WHERE t.tenant_id = $1 AND t.run_id = $2), min(l.seq), max(l.seq),
      CASE WHEN (SELECT sum(p.looked) FROM places p) = $10::bigint
        THEN (SELECT range_agg(p.seqs * int8multirange(int8range($5::bigint, $6::bigint, '(]'))) FROM retention_plan_part p WHERE p.tenant_id = $1 AND p.plan_hash = $3 AND p.number = $4)
          - coalesce((SELECT range_agg(int8range(l.seq, l.seq + 1)) FROM looked l WHERE l.reason IS NOT NULL), '{}')
        ELSE (SELECT range_agg(int8range(l.seq, l.seq + 1)) FROM looked l WHERE l.reason IS NULL) END,
      string_agg(l.leaf, '' ORDER BY l.seq), string_agg(l.link, '' ORDER BY l.seq), $9::timestamptz
    FROM looked l WHERE l.reason IS NULL HAVING count(*) > 0
    RETURNING number
  ), floors AS (
    INSERT INTO log_floor (tenant_id, kind, ref, floor_seq)
    SELECT $1, f.kind, f.ref, max(p.seq) FROM places p, LATERAL (VALUES ('share', p.share_id), ('workspace', p.workspace_id), ('org', p.org_id), ('category', p.category)) AS f (kind, ref)
    WHERE p.going > 0 AND f.ref IS NOT NULL GROUP BY f.kind, f.ref
    ON CONFLICT (tenant_id, kind, ref) DO UPDATE SET floor_seq = greatest(log_floor.floor_seq, excluded.floor_seq)
  )
  SELECT coalesce(sum(p.looked), 0) AS looked, coalesce(sum(p.going), 0) AS going, max(p.seq) AS last_going, (SELECT s.number FROM stone s) AS stone FROM places p`;
}
