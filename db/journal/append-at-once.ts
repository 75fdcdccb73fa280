// A batch of calls without keys into one log in a single round trip: nothing of it must be looked up, so the database can do all of it.
import type pg from 'pg';
import { decideAppend } from '../../domain/journal/append-decision.ts';
import type { AppendCall, AppendDecision } from '../../domain/journal/append-decision.ts';
import { inOneWrite } from '../one-write.ts';
import type { Client } from '../pool.ts';
import { beginAs, commit } from '../tenant-transaction.ts';
import type { BatchMoments, BatchResult } from './append-batch.ts';
import { isMissingPartition } from './partitions.ts';
import { fewEntries, readJustWritten } from './read-news.ts';
import type { FreshPage, NewsWish } from './read-news.ts';
import type { SharedConnections } from './shared-connections.ts';

export interface AtOnce {
  readonly connections: SharedConnections;
  readonly tenantId: string;
  readonly calls: readonly AppendCall[];
  readonly onSent: BatchMoments['onSent'];
  /** Of those who follow the log here. */
  readonly wish: NewsWish | null;
}

/** Null when nothing was written, because it takes more than that: keys, a user who was suspended, a log or a month that is not there. */
export async function appendAtOnce({ connections, tenantId, calls, onSent, wish }: AtOnce): Promise<BatchResult | null> {
  if (calls.some(hasKey)) return null;
  const { created } = decideFrom(0, calls);
  if (created.length === 0) return null;
  const append = {
    name: 'append-entries',
    text: 'SELECT append_entries($1, $2, $3, $4) AS before_seq',
    values: [tenantId, [...new Set(calls.map(({ userId }) => userId))], Buffer.concat(created.map(({ content }) => content)), `[${created.map(({ openRow }) => `${openRow}}`).join(',')}]`],
  };
  const answer = await connections
    .use(tenantId, async (client) => {
      const sent = wish !== null && created.length <= fewEntries ? sendAndRead(client, { tenantId, append, entries: created.length, wish }) : sendAlone(client, append);
      onSent();
      return sent;
    })
    .catch((error: unknown) => {
      if (isMissingPartition(error)) return null;
      throw error;
    });
  if (answer?.beforeSeq == null) return null;
  const lastSeq = Number(answer.beforeSeq);
  // Without keys a decision depends on nothing in the log but the number it goes on from.
  return { outcomes: decideFrom(lastSeq, calls).outcomes, written: { lastSeq: lastSeq + created.length, page: answer.page } };
}

interface Answer {
  readonly beforeSeq: string | null;
  readonly page: FreshPage | null;
}

/** A statement alone is a transaction of its own, and is answered when that has committed. */
async function sendAlone(client: Client, append: pg.QueryConfig): Promise<Answer> {
  const { rows } = await client.query<AnswerRow>(append);
  return { beforeSeq: rows[0]?.before_seq ?? null, page: null };
}

/** What live doors are about to tell is read before the lock is given back: read afterwards, it would cost them another round trip and the database another transaction. */
async function sendAndRead(client: Client, { tenantId, append, entries, wish }: { tenantId: string; append: pg.QueryConfig; entries: number; wish: NewsWish }): Promise<Answer> {
  const [, appended, page] = await inOneWrite(client, () =>
    Promise.all([client.query(beginAs(tenantId, { planned: 'once' })), client.query<AnswerRow>(append), readJustWritten(client, { tenantId, entries, wish }), commit(client)]),
  );
  const beforeSeq = appended.rows[0]?.before_seq ?? null;
  return { beforeSeq, page: beforeSeq === null ? null : page };
}

interface AnswerRow {
  readonly before_seq: string | null;
}

function decideFrom(lastSeq: number, calls: readonly AppendCall[]): AppendDecision {
  return decideAppend({ calls, lastSeq, storedKeys: new Map(), inactiveUsers: new Set() });
}

function hasKey({ callKey, items }: AppendCall): boolean {
  return callKey !== null || items.some((item) => item.kind === 'entry' && item.key !== null);
}
