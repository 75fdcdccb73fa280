// A whole log as the verifier reads it: its entries and what stays of removed ones, with its own checkpoints between them, each after the entry at its head.
import type { LogHeadClaim } from '../../domain/evidence/log-verifier.ts';
import type { RemovedEntry } from '../../domain/evidence/removed-entry.ts';
import type { LogRecord } from '../../domain/evidence/verify-log.ts';
import { readStoredEntries } from '../journal/read-stored.ts';
import type { Pool } from '../pool.ts';
import { queryAs } from '../tenant-transaction.ts';
import { checkpointsAfter } from './checkpoints.ts';
import type { KeptCheckpoint } from './checkpoints.ts';
import { readRemoved } from './removed.ts';

export interface LogExtent {
  readonly tenantId: string;
  readonly epoch: string;
  readonly head: LogHeadClaim;
  /** Beyond the head when there are entries that no append has written. */
  readonly throughSeq: number;
  readonly lastCheckpoint: number;
}

/** Where log and checkpoints stand, of one moment; both may grow while they are read. Null when the tenant has no log. */
export async function readLogExtent(pool: Pool, tenantId: string): Promise<LogExtent | null> {
  const [row] = await queryAs<ExtentRow>(pool, tenantId, {
    name: 'log-extent',
    text: `SELECT l.epoch, l.last_seq, l.last_link,
        greatest(l.last_seq, (SELECT max(e.seq) FROM entry e WHERE e.tenant_id = $1 AND e.seq > l.last_seq)) AS through_seq,
        (SELECT coalesce(max(c.number), 0) FROM checkpoint c WHERE c.tenant_id = $1) AS last_checkpoint
      FROM tenant_log l WHERE l.tenant_id = $1`,
    values: [tenantId],
  });
  if (row === undefined) return null;
  return {
    tenantId,
    epoch: row.epoch,
    head: { seq: Number(row.last_seq), link: row.last_link },
    throughSeq: Number(row.through_seq),
    lastCheckpoint: Number(row.last_checkpoint),
  };
}

export async function* readLogRecords(pool: Pool, { tenantId, throughSeq, lastCheckpoint }: LogExtent): AsyncGenerator<readonly LogRecord[]> {
  const checkpoints = readCheckpoints(pool, { tenantId, lastCheckpoint });
  const removed = readRemoved(pool, { tenantId, throughSeq });
  let next = await checkpoints.next();
  let gone: IteratorResult<RemovedEntry, unknown> = await removed.next();

  async function* before(seq: number): AsyncGenerator<LogRecord> {
    for (;;) {
      const nextGone = gone.done === true || gone.value.seq >= seq ? null : gone.value;
      if (next.done !== true && next.value.headSeq < (nextGone?.seq ?? seq)) {
        yield { kind: 'checkpoint', signed: next.value };
        next = await checkpoints.next();
      } else if (nextGone !== null) {
        yield { kind: 'removed', removed: nextGone };
        gone = await removed.next();
      } else return;
    }
  }

  for await (const entries of readStoredEntries(pool, { tenantId, throughSeq })) {
    const records: LogRecord[] = [];
    for (const entry of entries) {
      for await (const record of before(entry.seq)) {
        records.push(record);
        if (records.length >= recordsPerPage) yield records.splice(0);
      }
      records.push({ kind: 'entry', entry });
    }
    yield records;
  }
  for await (const record of before(throughSeq + 1)) yield [record];
  for (; next.done !== true; next = await checkpoints.next()) yield [{ kind: 'checkpoint', signed: next.value }];
}

const recordsPerPage = 1_000;
const checkpointsPerPage = 200;

async function* readCheckpoints(pool: Pool, { tenantId, lastCheckpoint }: { tenantId: string; lastCheckpoint: number }): AsyncGenerator<KeptCheckpoint, undefined> {
  let afterNumber = 0;
  for (;;) {
    const page = await checkpointsAfter(pool, { tenantId, afterNumber, throughNumber: lastCheckpoint, limit: checkpointsPerPage });
    yield* page;
    if (page.length < checkpointsPerPage) return undefined;
    afterNumber = page.at(-1)?.number ?? lastCheckpoint;
  }
}

interface ExtentRow {
  readonly epoch: string;
  readonly last_seq: string;
  readonly last_link: Buffer;
  readonly through_seq: string;
  readonly last_checkpoint: string;
}
