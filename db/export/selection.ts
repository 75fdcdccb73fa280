// What an export selects, fixed when it is asked for: a hold that comes or goes later changes nothing in its files.
import { filterFromJson, filterToJson } from '../../domain/filter/filter-json.ts';
import { filterSql } from '../../domain/filter/filter-sql.ts';
import type { SqlParameters } from '../../domain/filter/filter-sql.ts';
import type { Filter } from '../../domain/filter/filter.ts';
import type { HeldScope } from '../../domain/held/held-scope.ts';
import { heldSql } from '../../domain/held/held-sql.ts';
import { formatInstant, parseInstant } from '../../domain/shared/instant.ts';
import type { Ask } from '../access/ask.ts';
import { stillInViewSql } from '../access/view-sql.ts';
import { readScopes } from '../held/read-scopes.ts';

export interface ExportSelection {
  readonly filter: Filter;
  /** Only what was under a hold, only what was not, or (null) either. */
  readonly held: boolean | null;
  /** The holds that were in force; read only where they matter. */
  readonly scopes: readonly HeldScope[];
  /** What a quarantine hid then, as a multirange of seqs; null when nothing. */
  readonly hidden: string | null;
  /** Nothing had left the audit view: what leaves it later was in it then. */
  readonly viewIsWhole: boolean;
}

export async function fixSelection(ask: Ask, { tenantId, filter, held }: { tenantId: string; filter: Filter; held: boolean | null }): Promise<ExportSelection> {
  const [row] = await ask<{ hidden: string | null; whole: boolean }>({
    name: 'hidden-from-export',
    text: `SELECT (SELECT range_agg(q.seqs)::text FROM quarantine_part q WHERE q.tenant_id = $1 AND q.shown_at IS NULL) AS hidden,
      NOT EXISTS (SELECT FROM log_view v WHERE v.tenant_id = $1 AND v.view = 'audit') AS whole`,
    values: [tenantId],
  });
  return { filter, held, scopes: held === null ? [] : await readScopes(ask, { tenantId }), hidden: row?.hidden ?? null, viewIsWhole: row?.whole === true };
}

export function selectionToJson({ filter, ...fixed }: ExportSelection): string {
  return JSON.stringify({ filter: filterToJson(filter), ...fixed });
}

export function selectionFromJson(stored: unknown): ExportSelection {
  const { filter, ...fixed } = stored as Omit<ExportSelection, 'filter'> & { readonly filter: unknown };
  return { ...fixed, filter: filterFromJson(filter) };
}

/** A condition over `entry` under the alias e. */
export function selectionSql({ filter, held, scopes, hidden, viewIsWhole }: ExportSelection, parameters: SqlParameters, tenantId: string): string {
  const asked = [filterSql(filter, parameters)];
  if (!viewIsWhole) asked.push(stillInViewSql('audit'));
  if (held !== null) asked.push(`${held ? '' : 'NOT '}${heldSql(scopes, parameters, { tenantId })}`);
  if (hidden !== null) asked.push(`(e.seq <@ ${parameters.add(hidden)}::int8multirange) IS NOT TRUE`);
  const recorded = recordedFrom(filter);
  // What the filter says of event times, said of partitions.
  if (recorded !== null) asked.push(`e.recorded_at >= ${parameters.add(recorded)}::timestamptz`);
  return `(${asked.join(') AND (')})`;
}

/** No event is told of more than five minutes before it happens. */
const aheadMicros = 5 * 60 * 1_000_000;

function recordedFrom({ all }: Filter): string | null {
  let from: number | null = null;
  for (const condition of all) {
    if ('either' in condition || condition.op !== 'from' || condition.field !== 'event_time') continue;
    const edge = parseInstant(condition.values[0]);
    if (edge !== null) from = Math.max(from ?? edge, edge);
  }
  return from === null ? null : formatInstant(from - aheadMicros);
}
