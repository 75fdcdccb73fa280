// One way to ask a question inside an open tenant transaction, whether a pooled connection or the ORM has it open.
import { transactionOf } from '../journal/append-in.ts';
import type { Em } from '../orm.ts';
import type { Client } from '../pool.ts';

export interface Question {
  /** Prepared under this name where the connection can; null for one that is planned each time. */
  readonly name: string | null;
  readonly text: string;
  readonly values: readonly unknown[];
}

export type Ask = <Row extends object>(question: Question) => Promise<readonly Row[]>;

export function asking(client: Client): Ask {
  return async <Row extends object>({ name, text, values }: Question) =>
    (await client.query<Row>({ ...(name === null ? {} : { name }), text, values: [...values] })).rows;
}

export function askingIn(em: Em): Ask {
  const transaction = transactionOf(em);
  return <Row extends object>({ text, values }: Question) => transaction.query<Row>(text, values);
}
