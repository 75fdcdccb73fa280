// Carries the statements of the limiter: those of one tenant that come together travel in one transaction and one round trip.
import type { QueryResult } from 'pg';
import type { Client, Pool } from '../pool.ts';
import { beginAs } from '../tenant-transaction.ts';

/** As the limiter writes it: the key is the first value, and a key begins with its tenant. */
export interface KeyedStatement {
  readonly name?: string;
  readonly text: string;
  readonly values: readonly [key: string, ...rest: unknown[]];
}

interface Waiting {
  readonly statement: KeyedStatement;
  readonly resolve: (result: QueryResult) => void;
  readonly reject: (reason: unknown) => void;
}

interface Queue {
  waiting: Waiting[];
  isRunning: boolean;
}

export class TenantStatements {
  readonly #pool: Pool;
  readonly #queues = new Map<string, Queue>();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  query(statement: KeyedStatement): Promise<QueryResult> {
    const tenantId = tenantOf(statement);
    const queue = this.#queues.get(tenantId) ?? { waiting: [], isRunning: false };
    this.#queues.set(tenantId, queue);
    if (queue.waiting.length >= queueLimit) return Promise.reject(new Error('too many counts of one tenant wait for the database'));
    return new Promise((resolve, reject) => {
      queue.waiting.push({ statement, resolve, reject });
      if (!queue.isRunning) void this.#drain(tenantId, queue);
    });
  }

  async #drain(tenantId: string, queue: Queue): Promise<void> {
    queue.isRunning = true;
    // The other windows of the same request are asked for in this turn of the loop.
    await Promise.resolve();
    while (queue.waiting.length > 0) await this.#run(tenantId, queue.waiting.splice(0, batchLimit));
    this.#queues.delete(tenantId);
  }

  async #run(tenantId: string, batch: Waiting[]): Promise<void> {
    // Rows are locked in the order of their keys in every process: no two transactions wait for each other in a circle.
    batch.sort((a, b) => compare(a.statement.values[0], b.statement.values[0]));
    let client: Client | undefined;
    let broken: Error | undefined;
    try {
      client = await this.#pool.connect();
      const statements = batch.map(({ statement: { name, text, values } }) => ({ ...(name === undefined ? {} : { name }), text, values: [...values] }));
      const connection = client;
      const sent = [beginAs(tenantId), ...statements, 'COMMIT'].map((statement) => connection.query(statement));
      const answers = await Promise.allSettled(sent);
      const failed = answers.find((answer) => answer.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
      batch.forEach(({ resolve, reject }, index) => {
        const answer = answers[index + 1];
        if (answer?.status === 'fulfilled') resolve(answer.value);
        else reject(new Error('a statement was not answered'));
      });
    } catch (error) {
      broken = error instanceof Error ? error : new Error(String(error));
      for (const { reject } of batch) reject(broken);
    } finally {
      client?.release(broken);
    }
  }
}

const queueLimit = 5_000;
const batchLimit = 200;

function tenantOf({ values: [key] }: KeyedStatement): string {
  return key.slice(0, key.indexOf(':'));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
