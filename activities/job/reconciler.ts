// The reconciler: at the start and every few seconds it makes Temporal follow what the rows say. Any number may run side by side.
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAllJobs } from '../../db/job/open-jobs.ts';
import { followJobs } from './follow-jobs.ts';
import { addMissingRows, beforeAllSchedules, keepSchedules, removeOrphans } from './keep-schedules.ts';
import type { ReconcilerWorld, RoundCounts, RoundLimit } from './reconciler-world.ts';

export interface ReconcilerOptions {
  readonly everyMs?: number;
  /** How long one round may take before the rest waits for the next. */
  readonly roundMs?: number;
}

export type RoundOutcome = { readonly ok: true; readonly counts: RoundCounts } | { readonly ok: false; readonly reason: string };

export interface Reconciler {
  /** Of the last round that ended; null before the first. */
  readonly last: RoundOutcome | null;
  /** Ends after the round that is running. */
  stop(): Promise<void>;
}

export function startReconciler(world: ReconcilerWorld, { everyMs = 10_000, roundMs = 5_000 }: ReconcilerOptions = {}): Reconciler {
  const stopping = new AbortController();
  const round = createRounds(world, { roundMs, signal: stopping.signal });
  let last: RoundOutcome | null = null;

  async function keepOn(): Promise<void> {
    while (!stopping.signal.aborted) {
      const outcome = await round();
      report(world, { outcome, before: last });
      last = outcome;
      // The wait is cut short by stopping.
      await delay(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const running = keepOn();
  return {
    get last() {
      return last;
    },
    stop() {
      stopping.abort();
      return running;
    },
  };
}

/** Each round goes on where the one before it got to. */
export function createRounds(world: ReconcilerWorld, { roundMs, signal }: { readonly roundMs: number; readonly signal?: AbortSignal }): () => Promise<RoundOutcome> {
  let nextJob = beforeAllJobs;
  let nextSchedule = beforeAllSchedules;
  let rounds = 0;

  return async () => {
    const counts = noCounts();
    const endMs = performance.now() + roundMs;
    const limit: RoundLimit = { isOver: () => signal?.aborted === true || performance.now() >= endMs };
    try {
      await addMissingRows(world);
      nextJob = await followJobs(world, { after: nextJob, counts, limit });
      nextSchedule = await keepSchedules(world, { after: nextSchedule, counts, limit });
      if (rounds % orphanRounds === 0) await removeOrphans(world, { counts });
      rounds += 1;
      return { ok: true, counts };
    } catch (error) {
      return { ok: false, reason: error instanceof Error ? reasonOf(error) : String(error) };
    }
  };
}

/** Orphans are rare, and listing costs Temporal more than looking one up. */
const orphanRounds = 6;

function report({ log }: ReconcilerWorld, { outcome, before }: { outcome: RoundOutcome; before: RoundOutcome | null }): void {
  if (!outcome.ok) {
    // Said once while it lasts.
    if (before?.ok !== false) log.warn({ reason: outcome.reason }, 'jobs wait: rows and workflows cannot be compared');
    return;
  }
  if (before?.ok === false) log.info('rows and workflows are compared again');
  const { openJobs, ...done } = outcome.counts;
  if (Object.values(done).some((count) => count > 0)) log.info({ openJobs, ...done }, 'workflows were brought in line with their rows');
}

function noCounts(): RoundCounts {
  return { openJobs: 0, started: 0, startedAgain: 0, givenUp: 0, schedulesMade: 0, schedulesCorrected: 0, schedulesRemoved: 0, firesMadeUp: 0, failures: 0 };
}

function reasonOf(error: Error): string {
  const { cause } = error;
  return cause instanceof Error ? `${error.message}: ${cause.message}` : error.message;
}
