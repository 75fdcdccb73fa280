// One batch of calls into one log: two round trips, one commit, an outcome for each call.
import pg from 'pg';
import { decideAppend } from '../../domain/journal/append-decision.ts';
import type { AppendCall, AppendReceipt, StoredKey } from '../../domain/journal/append-decision.ts';
import { numberEntries } from '../../domain/journal/number-entries.ts';
import { refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { inOneWrite } from '../one-write.ts';
import type { Client, Pool } from '../pool.ts';
import { beginAs } from '../tenant-transaction.ts';
import { insertEntries } from './insert-entries.ts';
import { lockHeadSql, nowSql, readHead, readNow } from './lock-head.ts';
import type { HeadRow, NowRow } from './lock-head.ts';
import { ensurePartitions, isMissingPartition } from './partitions.ts';
import { readJustWritten } from './read-news.ts';
import type { FreshPage, NewsWish } from './read-news.ts';
import { sha256 } from './sha256.ts';

export interface BatchResult {
  readonly outcomes: readonly (AppendReceipt | Refusal)[];
  readonly written: Written | null;
}

export interface Written {
  /** The head after the commit. */
  readonly lastSeq: number;
  /** What was written, as it reads, where that was wished. */
  readonly page?: FreshPage | null;
}

/** What the gatherer of calls may do while a batch is on its way. */
export interface BatchMoments {
  /** Asked once the lock is held: calls that came meanwhile and of which nothing must be looked up travel with the batch. */
  join(mayJoin: (call: AppendCall) => boolean): readonly AppendCall[];
  /** All that is written is on its way, the COMMIT too: who asks for the lock now gets it without a round trip in between. */
  onSent(): void;
}

export interface BatchOptions {
  readonly moments?: BatchMoments;
  /** Of those who follow the log here. */
  readonly wish?: NewsWish | null;
}

const alone: BatchMoments = { join: () => [], onSent: () => undefined };

export async function appendBatch(pool: Pool, tenantId: string, given: readonly AppendCall[], { moments = alone, wish = null }: BatchOptions = {}): Promise<BatchResult> {
  const calls = [...given];
  const batch = { tenantId, calls, moments, wish };
  try {
    return await attempt(pool, batch);
  } catch (error) {
    // The worker makes partitions ahead of time; should it have been away for months, writing must go on without it.
    if (!isMissingPartition(error)) throw error;
    await ensurePartitions(pool, 1);
    return attempt(pool, batch);
  }
}

interface Batch {
  readonly tenantId: string;
  /** Grows by those that join. */
  readonly calls: AppendCall[];
  readonly moments: BatchMoments;
  readonly wish: NewsWish | null;
}

async function attempt(pool: Pool, batch: Batch): Promise<BatchResult> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    return await lockDecideWrite(client, batch);
  } catch (error) {
    broken = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    // After an error it is unknown what the connection still has in flight; a new one is cheap.
    client.release(broken);
  }
}

async function lockDecideWrite(client: Client, { tenantId, calls, moments, wish }: Batch): Promise<BatchResult> {
  const { headRow, now, storedKeys, inactiveUsers } = await lockAndLook(client, tenantId, calls);
  if (headRow === undefined) {
    await client.query('ROLLBACK');
    return { outcomes: calls.map(() => refuse('TENANT_UNKNOWN')), written: null };
  }
  const lookedUp = new Set(calls.map(({ userId }) => userId));
  calls.push(...moments.join((call) => lookedUp.has(call.userId) && keyHashes(call).length === 0));
  const before = readHead(headRow);
  const { created, newKeys, outcomes } = decideAppend({ calls, lastSeq: before.lastSeq, storedKeys, inactiveUsers });
  if (created.length === 0 && newKeys.length === 0) {
    await client.query('ROLLBACK');
    return { outcomes, written: null };
  }
  const { places, head: after } = numberEntries({ sha256, tenantId, head: before, now, contents: created.map(({ content }) => content) });
  const reading = { tenantId, entries: created.length, wish };
  const insert = insertEntries({ tenantId, before, after, entries: created, places, newKeys });
  const answers = inOneWrite(client, () => Promise.all([client.query(insert), readJustWritten(client, reading), client.query('COMMIT')]));
  moments.onSent();
  const [written, page, committed] = await answers;
  if (written.rowCount !== 1) throw new Error(`the head of log ${tenantId} was not where the lock had found it`);
  if (committed.command !== 'COMMIT') throw new Error(`the batch was not committed but answered ${committed.command}`);
  return { outcomes, written: { lastSeq: after.lastSeq, page } };
}

interface KeyRow {
  readonly key_hash: string;
  readonly body_hash: string;
  readonly result: StoredKey['results'];
}

interface Look {
  readonly headRow: HeadRow | undefined;
  readonly now: number;
  readonly storedKeys: ReadonlyMap<string, StoredKey>;
  readonly inactiveUsers: ReadonlySet<string>;
}

/**
 * One message of several statements. The keys are looked up by a statement of their own, after the lock: inside the locking
 * statement the snapshot would be older than the wait, and a key stored meanwhile would not be seen.
 */
async function lockAndLook(client: Client, tenantId: string, calls: readonly AppendCall[]): Promise<Look> {
  const tenant = pg.escapeLiteral(tenantId);
  const keys = [...new Set(calls.flatMap(keyHashes))];
  const users = [...new Set(calls.map(({ userId }) => userId))];
  const statements = [
    beginAs(tenantId, { planned: 'once' }),
    lockHeadSql(tenantId),
    nowSql,
    `SELECT id FROM dir_user WHERE tenant_id = ${tenant} AND id IN (${users.map((id) => pg.escapeLiteral(id)).join(',')}) AND status <> 'active'`,
    ...(keys.length === 0
      ? []
      : [
          `SELECT encode(key_hash, 'hex') AS key_hash, encode(body_hash, 'hex') AS body_hash, result
           FROM ingest_key WHERE tenant_id = ${tenant} AND key_hash IN (${keys.map((key) => `'\\x${key}'`).join(',')})`,
        ]),
  ];
  const answers = (await client.query(statements.join(';\n'))) as unknown as readonly pg.QueryResult[]; // several statements in one message give several results; the driver's types know only one
  const [, , head, now, inactive, found] = answers;
  return {
    headRow: head?.rows[0] as HeadRow | undefined,
    now: readNow(now?.rows[0] as NowRow | undefined),
    inactiveUsers: new Set((inactive?.rows as { id: string }[] | undefined)?.map(({ id }) => id)),
    storedKeys: new Map(
      ((found?.rows ?? []) as KeyRow[]).map(({ key_hash, body_hash, result }) => [key_hash, { bodyHash: body_hash, results: result }]),
    ),
  };
}

function keyHashes(call: AppendCall): string[] {
  const ofItems = call.items.flatMap((item) => (item.kind === 'entry' && item.key !== null ? [item.key.keyHash] : []));
  return call.callKey === null ? ofItems : [call.callKey.keyHash, ...ofItems];
}
