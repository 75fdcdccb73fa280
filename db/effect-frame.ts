// The frame of every effect, with the ORM or without: a refusal rolls back, and an entry whose month has no partition yet is tried once more.
import type { EntryFacts } from '../domain/journal/entry.ts';
import { isRefusal } from '../domain/shared/refusal.ts';
import type { Refusal } from '../domain/shared/refusal.ts';
import { ensurePartitions, isMissingPartition } from './journal/partitions.ts';
import type { Pool } from './pool.ts';

export interface Effect<T> {
  readonly result: T;
  readonly entries: readonly EntryFacts[];
}

/** What may be done must not have been refused: a refusal leaves the transaction by being thrown through it. */
export function orRollBack<T>(effect: Effect<T> | Refusal): Effect<T> {
  if (isRefusal(effect)) throw new RolledBack(effect);
  return effect;
}

/** The attempt is one transaction from its beginning to its COMMIT. */
export async function inFrame<T>(pool: Pool, attempt: () => Promise<T>): Promise<T | Refusal> {
  try {
    return await withPartitions(pool, attempt);
  } catch (error) {
    if (error instanceof RolledBack) return error.refusal;
    throw error;
  }
}

async function withPartitions<T>(pool: Pool, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (!isMissingPartition(error)) throw error;
    await ensurePartitions(pool, 1);
    return attempt();
  }
}

class RolledBack extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super('rolled back by a refusal');
    this.refusal = refusal;
  }
}
