// The reconciler: at the start and every few seconds it makes Temporal follow what the rows say. Any number may run side by side.
import { beforeAllJobs } from '../../db/job/open-jobs.ts';
import { keepOn } from '../keep-on.ts';
import type { KeptOn } from '../keep-on.ts';
import { followJobs } from './follow-jobs.ts';
import { addMissingRows, beforeAllSchedules, keepSchedules, removeOrphans } from './keep-schedules.ts';
import type { ReconcilerWorld, RoundCounts, RoundLimit } from './reconciler-world.ts';

export interface ReconcilerOptions {
  readonly everyMs?: number;
  /** How long one round may take before the rest waits for the next. */
  readonly roundMs?: number;
}

export type RoundOutcome = { readonly ok: true; readonly counts: RoundCounts } | { readonly ok: false; readonly reason: string };

export interface Reconciler extends KeptOn {
  /** Of the last round that ended; null before the first. */
  readonly last: RoundOutcome | null;
}

export function startReconciler(world: ReconcilerWorld, { everyMs = 10_000, roundMs = 5_000 }: ReconcilerOptions = {}): Reconciler {
  const rounds = createRounds(world, { roundMs });
  let last: RoundOutcome | null = null;

  const kept = keepOn(async (stopping) => {
    const outcome = await rounds(stopping);
    report(world, { outcome, before: last });
    last = outcome;
  }, { everyMs });
  return {
    get last() {
      return last;
    },
    stop: kept.stop,
  };
}

/** Each round goes on where the one before it got to. */
export function createRounds(world: ReconcilerWorld, { roundMs }: { readonly roundMs: number }): (stopping?: AbortSignal) => Promise<RoundOutcome> {
  let nextJob = beforeAllJobs;
  let nextSchedule = beforeAllSchedules;
  let rounds = 0;

  return async (stopping) => {
    const counts = noCounts();
    const endMs = performance.now() + roundMs;
    const limit: RoundLimit = { isOver: () => stopping?.aborted === true || performance.now() >= endMs };
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
