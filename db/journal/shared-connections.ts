// One connection for all who write one log at once: what they send travels in one line, and the database takes it up without a wait in between.
import type { Client, Pool } from '../pool.ts';

export interface SharedConnections {
  /** The work sends single statements, each a transaction of its own: those of others stand between them. */
  use<T>(tenantId: string, work: (client: Client) => Promise<T>): Promise<T>;
}

/** A connection goes back to the pool with the last who uses it. */
export function createSharedConnections(pool: Pool): SharedConnections {
  const current = new Map<string, Shared>();

  function join(tenantId: string): Shared {
    const shared = current.get(tenantId) ?? { client: pool.connect(), users: 0, broken: undefined };
    current.set(tenantId, shared);
    shared.users += 1;
    return shared;
  }

  function leave(tenantId: string, shared: Shared): void {
    shared.users -= 1;
    if (shared.broken === undefined && shared.users > 0) return;
    // After an error it is unknown what the connection still has in flight: whoever comes now gets another.
    if (current.get(tenantId) === shared) current.delete(tenantId);
    if (shared.users > 0) return;
    shared.client.then(
      (client) => { client.release(shared.broken); },
      () => undefined, // told to each who waited for it
    );
  }

  return {
    async use(tenantId, work) {
      const shared = join(tenantId);
      try {
        return await work(await shared.client);
      } catch (error) {
        shared.broken ??= error instanceof Error ? error : new Error(String(error));
        throw error;
      } finally {
        leave(tenantId, shared);
      }
    },
  };
}

interface Shared {
  readonly client: Promise<Client>;
  users: number;
  broken: Error | undefined;
}
