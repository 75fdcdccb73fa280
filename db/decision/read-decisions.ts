// Reads external authorization decisions out of the log, and counts them.
import type { DecisionEntry } from '../../domain/decision/decision-row.ts';
import { sqlParameters } from '../../domain/filter/filter-sql.ts';
import { notHiddenSql } from '../access/hidden-sql.ts';
import { stillInViewSql } from '../access/view-sql.ts';
import type { Pool, Statement } from '../pool.ts';
import { inTenant, queryAs } from '../tenant-transaction.ts';

export interface DecisionQuery extends DecisionPeriod {
  readonly authId?: string | undefined;
  readonly apiKeyId?: string | undefined;
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly decision?: 'permit' | 'forbid' | undefined;
  readonly search?: string | undefined;
  readonly limit: number;
  readonly offset: number;
  readonly sortBy?: string | undefined;
  readonly sortOrder: 'asc' | 'desc';
}

export interface DecisionPeriod {
  readonly tenantId: string;
  /** Both ends included. */
  readonly startDate?: string | undefined;
  readonly endDate?: string | undefined;
}

export interface DecisionPage {
  readonly rows: readonly DecisionEntry[];
  readonly total: number;
}

export async function readDecisions(pool: Pool, query: DecisionQuery): Promise<DecisionPage> {
  const sql = decisionsSql(query);
  return inTenant(pool, query.tenantId, async (client) => {
    const total = await client.query<{ total: string }>(sql.total);
    const page = await client.query<Omit<DecisionEntry, 'seq'> & { seq: string }>(sql.page);
    return { rows: page.rows.map((row) => ({ ...row, seq: Number(row.seq) })), total: Number(total.rows[0]?.total ?? 0) };
  });
}

export function decisionsSql(query: DecisionQuery): { readonly total: Statement; readonly page: Statement } {
  const parameters = sqlParameters([query.tenantId]);
  const where = conditionsOf(query, parameters.add.bind(parameters)).join(' AND ');
  const counted = [...parameters.values];
  const limit = parameters.add(query.limit);
  const offset = parameters.add(query.offset);
  return {
    total: { text: `SELECT count(*) AS total FROM entry e WHERE ${where}`, values: counted },
    page: {
      text: `SELECT e.seq, e.request_id, e.user_id, e.provider, e.model, e.action, e.decision, e.ip_address, e.details,
          iso_utc(e.event_time) AS event_time, iso_utc(e.recorded_at) AS recorded_at
        FROM entry e WHERE ${where} ORDER BY ${orderOf(query)} LIMIT ${limit} OFFSET ${offset}`,
      values: parameters.values,
    },
  };
}

export interface DecisionStatistics {
  readonly total: number;
  readonly allowed: number;
  readonly denied: number;
  readonly cost: number;
  readonly byProvider: Readonly<Record<string, number>>;
  readonly byModel: Readonly<Record<string, number>>;
}

export async function countDecisions(pool: Pool, period: DecisionPeriod): Promise<DecisionStatistics> {
  const parameters = sqlParameters([period.tenantId]);
  const where = periodOf(period, parameters.add.bind(parameters)).join(' AND ');
  const rows = await queryAs<{ provider: string | null; model: string | null; allowed: string; denied: string; cost: string | null }>(pool, period.tenantId, {
    text: `SELECT e.provider, e.model, count(*) FILTER (WHERE e.decision = 'permit') AS allowed, count(*) FILTER (WHERE e.decision <> 'permit') AS denied,
        sum(${costSql}) AS cost
      FROM entry e WHERE ${where} GROUP BY e.provider, e.model`,
    values: parameters.values,
  });
  const byProvider = new Map<string, number>();
  const byModel = new Map<string, number>();
  const sum = { total: 0, allowed: 0, denied: 0, cost: 0 };
  for (const row of rows) {
    const count = Number(row.allowed) + Number(row.denied);
    sum.total += count;
    sum.allowed += Number(row.allowed);
    sum.denied += Number(row.denied);
    sum.cost += Number(row.cost ?? 0);
    if (row.provider !== null) byProvider.set(row.provider, (byProvider.get(row.provider) ?? 0) + count);
    if (row.model !== null) byModel.set(row.model, (byModel.get(row.model) ?? 0) + count);
  }
  return { ...sum, byProvider: Object.fromEntries(byProvider), byModel: Object.fromEntries(byModel) };
}

const costSql = numberIn('actual_cost');

function numberIn(name: string): string {
  return `CASE WHEN jsonb_typeof(e.details -> '${name}') = 'number' THEN (e.details ->> '${name}')::numeric END`;
}

function conditionsOf(query: DecisionQuery, add: (value: unknown) => string): string[] {
  const conditions = periodOf(query, add);
  const equals = (sql: string, value: string | undefined) => {
    if (value !== undefined) conditions.push(`${sql} = ${add(value)}::text`);
  };
  equals('e.user_id', query.authId);
  equals(`(e.details ->> 'api_key_id')`, query.apiKeyId);
  equals('e.provider', query.provider);
  equals('e.model', query.model);
  equals('e.decision', query.decision);
  if (query.search !== undefined && query.search !== '')
    conditions.push(`strpos(lower(concat_ws(E'\\n', e.user_id, e.model, e.request_id)), lower(${add(query.search)}::text)) > 0`);
  return conditions;
}

function periodOf({ startDate, endDate }: DecisionPeriod, add: (value: unknown) => string): string[] {
  const conditions = ['e.tenant_id = $1', 'e.decision IS NOT NULL', notHiddenSql, stillInViewSql('audit')];
  if (startDate !== undefined) conditions.push(`e.event_time >= ${add(startDate)}::timestamptz`);
  if (endDate !== undefined) conditions.push(`e.event_time <= ${add(endDate)}::timestamptz`);
  return conditions;
}

const columns: Readonly<Record<string, string>> = {
  auth_id: 'e.user_id',
  provider: 'e.provider',
  model: 'e.model',
  decision: 'e.decision',
  auth_duration_ms: numberIn('evaluation_time_ms'),
  evaluation_time_ms: numberIn('evaluation_time_ms'),
  request_id: 'e.request_id',
  spend: costSql,
  actual_cost: costSql,
};

function orderOf({ sortBy, sortOrder }: DecisionQuery): string {
  const direction = sortOrder === 'asc' ? 'ASC' : 'DESC';
  const column = sortBy !== undefined && Object.hasOwn(columns, sortBy) ? columns[sortBy] : undefined;
  // The time is never absent, and only so written is the order that of the index.
  return column === undefined ? `e.event_time ${direction}, e.seq ${direction}` : `${column} ${direction} NULLS LAST, e.seq ${direction}`;
}
