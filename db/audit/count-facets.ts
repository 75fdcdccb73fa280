// How many entries of each category, severity, outcome and day a selection means.
import type { AuditSelection } from '../../domain/audit/audit-selection.ts';
import { may } from '../../domain/access/may.ts';
import type { Principal } from '../../domain/access/principal.ts';
import { sqlParameters } from '../../domain/filter/filter-sql.ts';
import { refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { asking } from '../access/ask.ts';
import { readAsker } from '../access/read-asker.ts';
import { edgesOfMonth } from '../journal/log-months.ts';
import type { LogMonth } from '../journal/log-months.ts';
import type { Client } from '../pool.ts';
import { inTenantSnapshot } from '../tenant-transaction.ts';
import { readAuditBounds } from './read-audit-bounds.ts';
import { entryQuery } from './search-events.ts';
import type { AuditWorld } from './search-events.ts';

export const facetNames = ['category', 'severity', 'outcome', 'day'] as const;
export type FacetName = (typeof facetNames)[number];

export interface Facets {
  readonly counts: Readonly<Record<FacetName, Readonly<Record<string, number>>>>;
  readonly total: number;
  /** False when the time was up: months that were recorded earlier are not counted in. */
  readonly complete: boolean;
  readonly completeThroughSeq: number;
}

/** Month by month, the newest first, for so long at most: a snapshot must not stay open. */
export async function countFacets(
  world: Pick<AuditWorld, 'pool' | 'logMonths'>,
  { principal, selection, budgetMs = 3_000 }: { readonly principal: Principal; readonly selection: AuditSelection; readonly budgetMs?: number },
): Promise<Facets | Refusal> {
  const { tenantId } = principal;
  return inTenantSnapshot(world.pool, tenantId, async (client) => {
    const startedMs = performance.now();
    const [asker, bounds] = await Promise.all([readAsker(asking(client), principal), readAuditBounds(client, tenantId, selection)]);
    if (!may({ asker, deed: 'read-audit', subject: { kind: 'tenant' } })) return refuse('FORBIDDEN');
    if (bounds === null) return refuse('TENANT_UNKNOWN');
    const { epoch, head } = bounds;
    const query = await entryQuery(client, { tenantId, selection, logMonths: world.logMonths, epoch });
    const tally = new Tally();
    const waiting = query.months.filter(({ times }) => times !== null && times.max >= query.fromTime && times.min < query.toTime).reverse();
    for (const [index, month] of waiting.entries()) {
      if (index > 0 && performance.now() - startedMs > budgetMs) return { ...tally.result(), complete: false, completeThroughSeq: head };
      for (const row of await countMonth(client, { month, query })) tally.add(row);
    }
    return { ...tally.result(), complete: true, completeThroughSeq: head };
  });
}

interface FacetRow {
  readonly category: string;
  readonly severity: string;
  readonly outcome: string;
  readonly day: string;
  readonly count: string;
}

type Asked = Awaited<ReturnType<typeof entryQuery>>;

/** Texts that are in more entries of a month than this are looked for entry by entry. */
const keysTried = 10_000;

async function countMonth(client: Client, { month, query }: { month: LogMonth; query: Asked }): Promise<FacetRow[]> {
  const keys = query.pattern === null ? null : await keysOf(client, { month, pattern: query.pattern });
  const { from, to } = edgesOfMonth(month.month);
  const parameters = sqlParameters([query.tenantId, from, to]);
  const byKeys =
    keys === null ? '' : ` AND (e.seq, e.recorded_at) IN (SELECT * FROM unnest(${parameters.add(keys.seqs)}::bigint[], ${parameters.add(keys.times)}::timestamptz[]))`;
  const { rows } = await client.query<FacetRow>({
    text: `SELECT e.category, e.severity, e.outcome, to_char(e.event_time AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, count(*) AS count
      FROM entry e WHERE e.tenant_id = $1 AND e.recorded_at >= $2::timestamptz AND e.recorded_at < $3::timestamptz${byKeys} AND (${query.where(parameters)})
      GROUP BY 1, 2, 3, 4`,
    values: parameters.values,
  });
  return rows;
}

/** Null when there are too many to be worth it. */
async function keysOf(client: Client, { month, pattern }: { month: LogMonth; pattern: string }): Promise<{ seqs: number[]; times: string[] } | null> {
  const { from, to } = edgesOfMonth(month.month);
  const { rows } = await client.query<{ seq: string; recorded_at: string }>({
    text: `SELECT f.seq, f.recorded_at::text AS recorded_at FROM search_keys_down($1, $1, $2, $3, $4, '-infinity', 'infinity', 'infinity', 0, $5) f`,
    values: [pattern, from, to, Number.MAX_SAFE_INTEGER, keysTried + 1],
  });
  if (rows.length > keysTried) return null;
  return { seqs: rows.map(({ seq }) => Number(seq)), times: rows.map(({ recorded_at: at }) => at) };
}

class Tally {
  readonly #counts: Record<FacetName, Record<string, number>> = { category: {}, severity: {}, outcome: {}, day: {} };
  #total = 0;

  add(row: FacetRow): void {
    const count = Number(row.count);
    this.#total += count;
    for (const name of facetNames) this.#counts[name][row[name]] = (this.#counts[name][row[name]] ?? 0) + count;
  }

  result(): Pick<Facets, 'counts' | 'total'> {
    return { counts: this.#counts, total: this.#total };
  }
}
