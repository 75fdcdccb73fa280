// Reads the internal log: entries of our own actions, filtered and ordered by what they are called there.
import { internalRecord, outcomeOfStatus } from '../../domain/own-action/own-entry-facts.ts';
import type { InternalRecord, OutcomeStatus } from '../../domain/own-action/own-entry-facts.ts';
import { ownActions } from '../../domain/own-action/own-actions.ts';
import { sqlParameters } from '../../domain/filter/filter-sql.ts';
import { notHiddenSql } from '../access/hidden-sql.ts';
import { stillInViewSql } from '../access/view-sql.ts';
import type { Pool, Statement } from '../pool.ts';
import { inTenant } from '../tenant-transaction.ts';

export interface InternalLogQuery {
  readonly tenantId: string;
  readonly search?: string | undefined;
  readonly decision?: 'permit' | 'forbid' | undefined;
  readonly outcomeStatus?: OutcomeStatus | undefined;
  readonly userId?: string | undefined;
  readonly action?: string | undefined;
  readonly resourceType?: string | undefined;
  /** Both ends included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly limit: number;
  readonly offset: number;
  readonly sortBy?: string | undefined;
  readonly sortOrder: 'asc' | 'desc';
}

export interface InternalLogItem extends InternalRecord {
  readonly seq: number;
  readonly requestId: string | null;
  readonly userId: string | null;
  readonly time: string;
  /** As the door noted it; absent parts when Holdfast acted by itself. */
  readonly request: {
    readonly method?: string;
    readonly path?: string;
    readonly role?: string;
    readonly auth_ms?: number;
    readonly action_ms?: number;
  };
}

export interface InternalLogPage {
  readonly items: readonly InternalLogItem[];
  readonly total: number;
}

export async function readInternalLog(pool: Pool, query: InternalLogQuery): Promise<InternalLogPage> {
  const sql = internalLogSql(query);
  return inTenant(pool, query.tenantId, async (client) => {
    const total = await client.query<{ total: string }>(sql.total);
    const page = await client.query<Row>(sql.page);
    return { items: page.rows.map(present), total: Number(total.rows[0]?.total ?? 0) };
  });
}

export function internalLogSql(query: InternalLogQuery): { readonly total: Statement; readonly page: Statement } {
  const parameters = sqlParameters([query.tenantId]);
  const words = wordsSql(parameters.add(JSON.stringify(tableOfWords)));
  const where = conditionsOf(query, words, parameters.add.bind(parameters)).join(' AND ');
  const order = orderOf(query, words);
  const counted = [...parameters.values];
  const limit = parameters.add(query.limit);
  const offset = parameters.add(query.offset);
  return {
    total: { text: `SELECT count(*) AS total FROM entry e WHERE ${where}`, values: counted },
    page: {
      text: `SELECT e.seq, e.own_action, e.outcome, e.resource_id, e.request_id, ${whoSql} AS user_id, iso_utc(e.event_time) AS time,
          jsonb_build_object('outcome_code', e.details -> 'outcome_code') AS details, e.details -> 'request' AS request
        FROM entry e WHERE ${where} ORDER BY ${order} LIMIT ${limit} OFFSET ${offset}`,
      values: parameters.values,
    },
  };
}

interface Row {
  readonly seq: string;
  readonly own_action: string;
  readonly outcome: string;
  readonly resource_id: string | null;
  readonly request_id: string | null;
  readonly user_id: string | null;
  readonly time: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly request: InternalLogItem['request'] | null;
}

function present(row: Row): InternalLogItem {
  return { ...internalRecord(row), seq: Number(row.seq), requestId: row.request_id, userId: row.user_id, time: row.time, request: row.request ?? {} };
}

/** An operator of another tenant is no user of this one: their id stands in the details. */
const whoSql = `coalesce(e.user_id, e.service_account, e.details #>> '{operator,user_id}')`;

/** What follows from an action's name is in no column: the table travels with the statement. */
const tableOfWords = Object.fromEntries(
  Object.entries(ownActions).map(([action, { resourceType, resourceId, code }]) => [action, { type: resourceType, id: resourceId, code }]),
);

interface WordsSql {
  readonly resourceType: string;
  readonly resourceId: string;
  readonly outcomeCode: string;
}

/** The same as `internalRecord` says, for what is filtered and ordered. */
function wordsSql(table: string): WordsSql {
  const word = (name: string) => `(${table}::jsonb -> e.own_action ->> '${name}')`;
  return {
    resourceType: `coalesce(${word('type')}, 'other')`,
    resourceId: `coalesce(${word('id')}, e.resource_id)`,
    outcomeCode: `coalesce(e.details ->> 'outcome_code', ${word('code')}, upper(e.own_action))`,
  };
}

function conditionsOf(query: InternalLogQuery, words: WordsSql, add: (value: unknown) => string): string[] {
  const conditions = ['e.tenant_id = $1', 'e.own_action IS NOT NULL', '$2::text IS NOT NULL', notHiddenSql, stillInViewSql('audit')];
  const equals = (sql: string, value: string | undefined) => {
    if (value !== undefined) conditions.push(`${sql} = ${add(value)}::text`);
  };
  equals('e.own_action', query.action);
  equals(words.resourceType, query.resourceType);
  equals(whoSql, query.userId);
  equals('e.outcome', query.outcomeStatus === undefined ? undefined : outcomeOfStatus(query.outcomeStatus));
  if (query.decision !== undefined) conditions.push(query.decision === 'forbid' ? `e.outcome = 'denied'` : `e.outcome <> 'denied'`);
  if (query.from !== undefined) conditions.push(`e.event_time >= ${add(query.from)}::timestamptz`);
  if (query.to !== undefined) conditions.push(`e.event_time <= ${add(query.to)}::timestamptz`);
  if (query.search !== undefined && query.search !== '') {
    const searched = [whoSql, 'e.own_action', words.resourceType, words.resourceId, 'e.request_id'];
    conditions.push(`strpos(lower(concat_ws(E'\\n', ${searched.join(', ')})), lower(${add(query.search)}::text)) > 0`);
  }
  return conditions;
}

function orderOf({ sortBy, sortOrder }: InternalLogQuery, words: WordsSql): string {
  const number = (name: string) => `CASE WHEN jsonb_typeof(e.details #> '{request,${name}}') = 'number' THEN (e.details #>> '{request,${name}}')::numeric END`;
  const columns: Readonly<Record<string, string>> = {
    dashboard_user_id: whoSql,
    action: 'e.own_action',
    resource_type: words.resourceType,
    resource_id: words.resourceId,
    decision: `CASE e.outcome WHEN 'denied' THEN 'forbid' ELSE 'permit' END`,
    outcome_status: `CASE e.outcome WHEN 'denied' THEN 'denied_before_action' WHEN 'failure' THEN 'failed' ELSE 'success' END`,
    outcome_code: words.outcomeCode,
    auth_duration_ms: number('auth_ms'),
    action_duration_ms: number('action_ms'),
    request_id: 'e.request_id',
  };
  const direction = sortOrder === 'asc' ? 'ASC' : 'DESC';
  const column = sortBy !== undefined && Object.hasOwn(columns, sortBy) ? columns[sortBy] : undefined;
  // The time is never absent, and only so written is the order that of the index.
  return column === undefined ? `e.event_time ${direction}, e.seq ${direction}` : `${column} ${direction} NULLS LAST, e.seq ${direction}`;
}
