// A transaction on a connection of the pool, in the form that statements about jobs are given one.
import type { Transaction } from '../journal/append-in.ts';
import type { Client, Pool } from '../pool.ts';
import { inTenant } from '../tenant-transaction.ts';

export function inTenantTransaction<T>(pool: Pool, tenantId: string, work: (transaction: Transaction) => Promise<T>): Promise<T> {
  return inTenant(pool, tenantId, (client) => work(transactionOn(client)));
}

function transactionOn(client: Client): Transaction {
  return {
    async query<Row>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
      const { rows } = await client.query({ text, values: [...values] });
      return rows as readonly Row[];
    },
  };
}
