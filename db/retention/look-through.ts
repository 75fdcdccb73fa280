// Looks once through the stretch of a batch: judges each entry, writes down what goes (the tombstone) and what is kept, and says what else it leaves behind.
import { sqlParameters } from '../../domain/filter/filter-sql.ts';
import type { HeldScope } from '../../domain/held/held-scope.ts';
import type { Ask } from '../access/ask.ts';
import { plannedSql, withinSql } from './batch-stretch.ts';
import type { BatchStretch } from './batch-stretch.ts';
import type { BatchMarks } from './leave-marks.ts';
import type { BatchStep, OpenBatch } from './open-batch.ts';
import { ruleSql } from './rules-in-force.ts';

export interface LookedThrough {
  readonly going: number;
  readonly kept: number;
  readonly lastGoing: string | null;
  readonly marks: BatchMarks;
}

export interface Look {
  readonly step: BatchStep;
  readonly batch: OpenBatch;
  readonly stretch: BatchStretch;
  /** The number of the tombstone, should something go. */
  readonly stone: number;
}

/** In the transaction that removes what the tombstone names, behind the gate: no hold and no minimum comes or goes in between, and no other run removes. */
export async function lookThrough(ask: Ask, { step: { tenantId, now }, batch: { run, policy, rules }, stretch, stone }: Look): Promise<LookedThrough> {
  const planned = stretch.isWhole ? withinSql : plannedSql;
  const reviewed = run.action === 'quarantine' ? `${planned} AND ${hiddenByRunSql}` : planned;
  const parameters = sqlParameters([...stretch.values, now, stretch.planned, stone]);
  const rule = ruleSql(policy, rules, { tenantId, asOf: now, parameters });
  const reason = `CASE WHEN ${rule.held()} THEN 'hold' WHEN ${rule.floored()} THEN 'floor' WHEN NOT ${rule.old()} THEN 'not_old_enough' END`;
  const users = heldUsers(rules.scopes);
  const text = lookSql({ reviewed, reason, users: users.length === 0 ? null : parameters.add(users) });
  const [found] = await ask<{ looked: string; going: string; last_going: string | null } & BatchMarks>({ name: '', text, values: parameters.values });
  if (found === undefined) throw new Error('a batch answered nothing');
  const { looked, last_going: lastGoing, floors, created } = found;
  const going = Number(found.going);
  return { going, kept: Number(looked) - going, lastGoing, marks: { floors, created } };
}

/** What a second person confirmed is what was hidden: entries that a hold kept out of the quarantine stay. $1 tenant, $2 run. */
const hiddenByRunSql = `e.seq <@ (SELECT range_agg(q.seqs) FROM quarantine_part q WHERE q.tenant_id = $1 AND q.run_id = $2)`;

function heldUsers(scopes: readonly HeldScope[]): string[] {
  return [...new Set(scopes.flatMap(({ by }) => (by.kind === 'users' ? by.userIds : [])))];
}

/**
 * As `plannedSql`, and $9 now, $10 how many seqs of the stretch are planned, $11 the number of the tombstone. What an entry told about who created a resource is remembered for holds on that user.
 * Where all that is planned was there, what goes is the plan without what is kept, and a set made of the few that are kept is cheaper than one of all that go.
 * Places are grouped before they are narrowed to what goes: a condition would let them look few, and a sort by four texts is planned for few.
 */
function lookSql({ reviewed, reason, users }: { reviewed: string; reason: string; users: string | null }): string {
  const creation = users === null ? '' : ', e.user_id, e.change_type, e.resource_id';
  const created =
    users === null
      ? 'NULL'
      : `(SELECT json_agg(c) FROM (SELECT DISTINCT l.user_id, l.resource_id FROM looked l
          WHERE l.reason IS NULL AND l.change_type = 'created' AND l.resource_id IS NOT NULL AND l.user_id = ANY (${users}::text[])) AS c)`;
  return `
  WITH looked AS MATERIALIZED (
    SELECT ${reason} AS reason, e.seq, e.leaf, e.link, e.share_id, e.workspace_id, e.org_id, e.category${creation} FROM entry e WHERE ${reviewed}
  ), places AS MATERIALIZED (
    SELECT l.share_id, l.workspace_id, l.org_id, l.category, count(*) AS looked, count(*) FILTER (WHERE l.reason IS NULL) AS going, max(l.seq) FILTER (WHERE l.reason IS NULL) AS seq
    FROM looked l GROUP BY 1, 2, 3, 4
  ), kept AS (
    INSERT INTO retention_kept (tenant_id, run_id, seq, reason)
    SELECT $1, $2, l.seq, l.reason FROM looked l
    WHERE l.reason IS NOT NULL AND NOT EXISTS (SELECT FROM retention_kept k WHERE k.tenant_id = $1 AND k.run_id = $2 AND k.seq = l.seq AND k.seq > $5 AND k.seq <= $6)
  ), stone AS (
    INSERT INTO tombstone (tenant_id, run_id, number, first_seq, last_seq, seqs, leaves, links, removed_at)
    SELECT $1, $2, $11, min(l.seq), max(l.seq),
      CASE WHEN (SELECT sum(p.looked) FROM places p) = $10::bigint
        THEN (SELECT range_agg(p.seqs * int8multirange(int8range($5::bigint, $6::bigint, '(]'))) FROM retention_plan_part p WHERE p.tenant_id = $1 AND p.plan_hash = $3 AND p.number = $4)
          - coalesce((SELECT range_agg(int8range(l.seq, l.seq + 1)) FROM looked l WHERE l.reason IS NOT NULL), '{}')
        ELSE (SELECT range_agg(int8range(l.seq, l.seq + 1)) FROM looked l WHERE l.reason IS NULL) END,
      string_agg(l.leaf, '' ORDER BY l.seq), string_agg(l.link, '' ORDER BY l.seq), $9::timestamptz
    FROM looked l WHERE l.reason IS NULL HAVING count(*) > 0
  ), floors AS (
    SELECT f.kind, f.ref, max(p.seq) AS seq
    FROM places p, LATERAL (VALUES ('share', p.share_id), ('workspace', p.workspace_id), ('org', p.org_id), ('category', p.category)) AS f (kind, ref)
    WHERE p.going > 0 AND f.ref IS NOT NULL GROUP BY f.kind, f.ref
  )
  SELECT coalesce(sum(p.looked), 0) AS looked, coalesce(sum(p.going), 0) AS going, max(p.seq) AS last_going,
    (SELECT json_agg(f)::text FROM floors f) AS floors, ${created}::text AS created
  FROM places p`;
}
