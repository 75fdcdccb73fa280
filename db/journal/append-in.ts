// Appends entries inside somebody else's transaction, for an effect that is also an entry. Always the last thing before COMMIT.
import { randomBytes } from 'node:crypto';
import { CompiledQuery } from 'kysely';
import type { Kysely } from 'kysely';
import type { EntryFacts } from '../../domain/journal/entry.ts';
import { numberEntries } from '../../domain/journal/number-entries.ts';
import { prepareEntry } from '../../domain/journal/prepared-entry.ts';
import { saltLength } from '../../domain/journal/chain.ts';
import type { Em } from '../orm.ts';
import type { Client } from '../pool.ts';
import { insertEntries } from './insert-entries.ts';
import { lockHeadSql, nowSql, readHead, readNow } from './lock-head.ts';
import type { HeadRow, NowRow } from './lock-head.ts';
import { sha256 } from './sha256.ts';

/** Whatever can run one statement inside the transaction that is open. */
export interface Transaction {
  query<Row>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
}

/** The head's lock is held until that transaction ends, so nothing slow may follow. Answers the seqs given, in order. */
export async function appendIn(transaction: Transaction, tenantId: string, facts: readonly EntryFacts[]): Promise<number[]> {
  if (facts.length === 0) return [];
  const entries = facts.map((one) => prepareEntry({ facts: one, salt: randomBytes(saltLength), sha256 }));
  const [headRow] = await transaction.query<HeadRow>(lockHeadSql(tenantId));
  if (headRow === undefined) throw new Error(`there is no log of tenant ${tenantId}`);
  const [nowRow] = await transaction.query<NowRow>(nowSql);
  const before = readHead(headRow);
  const { places, head: after } = numberEntries({
    sha256,
    tenantId,
    head: before,
    now: readNow(nowRow),
    contents: entries.map(({ content }) => content),
  });
  const insert = insertEntries({ tenantId, before, after, entries, places, newKeys: [] });
  await transaction.query(insert.text, insert.values);
  return places.map(({ seq }) => seq);
}

/** The transaction an entity manager has open, for statements the ORM has no words for. */
export function transactionOf(em: Em): Transaction {
  const open = em.getTransactionContext<Kysely<unknown>>();
  if (open === undefined) throw new Error('entries are appended inside a transaction only');
  return {
    async query<Row>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
      const { rows } = await open.executeQuery<Row>(CompiledQuery.raw(text, [...values]));
      return rows;
    },
  };
}

/** The transaction a pooled connection has open. */
export function transactionOn(client: Client): Transaction {
  return {
    async query<Row>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
      const { rows } = await client.query(text, [...values]);
      return rows as Row[];
    },
  };
}
