// Looks through the log once and says where the parts of an export begin and end: after every so many entries that are meant.
import { sqlParameters } from '../../domain/filter/filter-sql.ts';
import { queryAs } from '../tenant-transaction.ts';
import type { Pool } from '../pool.ts';
import { selectionSql } from './selection.ts';
import type { ExportSelection } from './selection.ts';
import { windowSql, windowsOf } from './seq-window.ts';
import type { SeqWindow } from './seq-window.ts';

export interface PlannedPart extends SeqWindow {
  readonly number: number;
  readonly rows: number;
}

export interface PlanAsked {
  readonly tenantId: string;
  readonly selection: ExportSelection;
  readonly throughSeq: number;
  readonly partRows: number;
  /** No further than it takes to know that there are more. */
  readonly mostRows?: number;
  beforeStatement?(): Promise<void> | void;
}

export interface PartPlan {
  readonly rows: number;
  /** Together they cover the log without a gap; one without rows where nothing is meant. */
  readonly parts: readonly PlannedPart[];
}

export async function planParts(pool: Pool, { tenantId, selection, throughSeq, partRows, mostRows = Number.MAX_SAFE_INTEGER, beforeStatement }: PlanAsked): Promise<PartPlan> {
  const edges: number[] = [];
  let rows = 0;
  for (const window of windowsOf({ afterSeq: 0, throughSeq })) {
    if (rows > mostRows) break;
    await beforeStatement?.();
    const found = await lookThrough(pool, { tenantId, selection, window, partRows, rowsBefore: rows });
    rows += found.rows;
    edges.push(...found.edges);
  }
  // A last part that ends with the last entry has nothing behind it.
  const ends = rows > 0 && rows % partRows === 0 ? [...edges.slice(0, -1), throughSeq] : [...edges, throughSeq];
  return {
    rows,
    parts: ends.map((end, index) => ({
      number: index + 1,
      afterSeq: ends[index - 1] ?? 0,
      throughSeq: end,
      rows: index === ends.length - 1 ? rows - index * partRows : partRows,
    })),
  };
}

interface Looked {
  readonly tenantId: string;
  readonly selection: ExportSelection;
  readonly window: SeqWindow;
  readonly partRows: number;
  readonly rowsBefore: number;
}

async function lookThrough(pool: Pool, { tenantId, selection, window, partRows, rowsBefore }: Looked): Promise<{ rows: number; edges: number[] }> {
  const parameters = sqlParameters([tenantId, rowsBefore, partRows]);
  const [row] = await queryAs<{ rows: string; edges: readonly string[] | null }>(pool, tenantId, {
    text: `SELECT count(*) AS rows, array_agg(m.seq ORDER BY m.seq) FILTER (WHERE ($2::bigint + m.place) % $3::bigint = 0) AS edges
      FROM (SELECT e.seq, row_number() OVER (ORDER BY e.seq) AS place FROM entry e WHERE ${windowSql(window, '$1')} AND ${selectionSql(selection, parameters, tenantId)}) AS m`,
    values: parameters.values,
  });
  return { rows: Number(row?.rows ?? 0), edges: (row?.edges ?? []).map(Number) };
}
