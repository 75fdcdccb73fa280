// Which months of a log can hold entries of a time: partitions follow the time of recording, questions ask for the time of the event.
import type { Micros } from '../../domain/shared/instant.ts';
import type { Client } from '../pool.ts';

export interface LogMonth {
  /** `2026-04-01`. */
  readonly month: string;
  readonly firstSeq: number;
  /** Null in the month that is being written: nothing is settled there. */
  readonly lastSeq: number | null;
  /** Between which event times its entries lie, null when it has none left. Of the month being written: any. */
  readonly times: TimeRange | null;
}

export interface TimeRange {
  readonly min: Micros;
  readonly max: Micros;
}

export const anyTime: TimeRange = { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };

/**
 * What is known of closed months stays true: nothing is added to them, and removing entries only makes their range wider than need be.
 * So it is looked up once per process and month.
 */
export interface LogMonths {
  read(client: Client, log: { readonly tenantId: string; readonly epoch: string }): Promise<readonly LogMonth[]>;
}

export function createLogMonths({ maxMonths = 50_000 }: { readonly maxMonths?: number } = {}): LogMonths {
  const known = new Map<string, Map<string, TimeRange | null>>();
  let kept = 0;

  function rangesOf(key: string): Map<string, TimeRange | null> {
    const ranges = known.get(key) ?? new Map<string, TimeRange | null>();
    known.delete(key);
    known.set(key, ranges);
    return ranges;
  }

  function shrink(): void {
    for (const [key, ranges] of known) {
      if (kept <= maxMonths) return;
      kept -= ranges.size;
      known.delete(key);
    }
  }

  return {
    async read(client, { tenantId, epoch }) {
      const rows = await readMonths(client, tenantId);
      const ranges = rangesOf(`${tenantId}\n${epoch}`);
      const unknown = rows.slice(0, -1).filter(({ month }) => !ranges.has(month));
      const found = await Promise.all(unknown.map(async ({ month }) => [month, await readRange(client, { tenantId, month })] as const));
      for (const [month, range] of found) {
        if (!ranges.has(month)) kept += 1;
        ranges.set(month, range);
      }
      shrink();
      return rows.map(({ month, firstSeq }, index) => {
        const next = rows[index + 1];
        return { month, firstSeq, lastSeq: next === undefined ? null : next.firstSeq - 1, times: next === undefined ? anyTime : (ranges.get(month) ?? null) };
      });
    },
  };
}

/** The first instant of the month, and of the one after it. */
export function edgesOfMonth(month: string): { readonly from: string; readonly to: string } {
  const start = new Date(`${month}T00:00:00Z`);
  const end = Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1);
  return { from: start.toISOString(), to: new Date(end).toISOString() };
}

async function readMonths(client: Client, tenantId: string): Promise<{ month: string; firstSeq: number }[]> {
  const { rows } = await client.query<{ month: string; first_seq: string }>({
    name: 'log-months',
    text: `SELECT to_char(month, 'YYYY-MM-DD') AS month, first_seq FROM log_month WHERE tenant_id = $1 ORDER BY first_seq`,
    values: [tenantId],
  });
  return rows.map(({ month, first_seq: firstSeq }) => ({ month, firstSeq: Number(firstSeq) }));
}

/** Two looks at the ends of an index. Not prepared: with its values known, the plan is of one partition only. */
async function readRange(client: Client, { tenantId, month }: { tenantId: string; month: string }): Promise<TimeRange | null> {
  const { from, to } = edgesOfMonth(month);
  const within = `FROM entry e WHERE e.tenant_id = $1 AND e.recorded_at >= $2::timestamptz AND e.recorded_at < $3::timestamptz`;
  const { rows } = await client.query<{ min: string | null; max: string | null }>({
    text: `SELECT (extract(epoch FROM (SELECT e.event_time ${within} ORDER BY e.event_time ASC, e.seq ASC LIMIT 1)) * 1000000)::bigint AS min,
        (extract(epoch FROM (SELECT e.event_time ${within} ORDER BY e.event_time DESC, e.seq DESC LIMIT 1)) * 1000000)::bigint AS max`,
    values: [tenantId, from, to],
  });
  const [row] = rows;
  return row?.min == null || row.max == null ? null : { min: Number(row.min), max: Number(row.max) };
}
