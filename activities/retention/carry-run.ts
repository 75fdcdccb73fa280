// Carries a run as far as it goes now: an archive is sealed before anything is removed, a quarantine hides and then waits for a second person.
import type { Pool } from '../../db/pool.ts';
import { hideBatch } from '../../db/retention/hide-batch.ts';
import type { NoBatch } from '../../db/retention/open-batch.ts';
import { prunePair } from '../../db/retention/prune-pair.ts';
import { bringQuarantineIntoForce } from '../../db/retention/quarantine.ts';
import { readCourse } from '../../db/retention/read-course.ts';
import { pauseForPin } from '../../db/retention/wait-for-pin.ts';
import type { Ids } from '../../domain/shared/ids.ts';
import { completeFolder } from './archive-folder.ts';
import type { ArchivingStep, ArchivingWorld } from './archive-place.ts';
import { archiveRun } from './archive-run.ts';
import { signBeginning } from './sign-beginning.ts';

export interface CarryingWorld extends ArchivingWorld {
  readonly pruner: Pool;
  readonly ids: Ids;
}

export interface CarryStep extends ArchivingStep {
  /** The instant floors and ages are judged by, as ISO 8601. */
  readonly now: string;
  readonly batchEntries?: number;
  readonly onProgress?: () => void;
}

export interface CarriedSoFar {
  /** `waiting` until somebody approves, resumes, confirms or restores; `over` when nothing more will go. */
  readonly state: 'waiting' | 'over';
  readonly failure: string | null;
  /** When to look again although nobody has said anything. */
  readonly lookAgainMs?: number;
}

export async function carryRun(world: CarryingWorld, step: CarryStep): Promise<CarriedSoFar> {
  const course = await readCourse(world.pool, step);
  if (course.action === 'quarantine' && course.decision === null) return hide(world, step);
  if (course.action === 'archive') {
    const archived = await archiveRun(world, step);
    if (archived.kind === 'lost') return lost((await readCourse(world.pool, step)).state);
    if (archived.kind === 'damaged') return over(`the archive is not as it was sealed, and nothing more was removed: ${archived.reason}`);
    await completeFolder(world, step);
  }
  const broken = await signBeginning(world, step);
  if (broken !== null) return over(`the log does not hold together, and nothing goes: ${broken}`);
  for (;;) {
    step.onProgress?.();
    const outcome = await prunePair(world.pruner, batchOf(step));
    if (outcome.kind === 'done') return over(null);
    if (outcome.kind === 'pinned') return waitForPin(world, step);
    if (outcome.kind !== 'removed') return ended(outcome);
  }
}

async function hide(world: CarryingWorld, step: CarryStep): Promise<CarriedSoFar> {
  for (;;) {
    step.onProgress?.();
    const outcome = await hideBatch(world.pruner, batchOf(step));
    if (outcome.kind === 'done') {
      await bringQuarantineIntoForce(world, step);
      return { state: 'waiting', failure: null };
    }
    if (outcome.kind === 'pinned') return waitForPin(world, step);
    if (outcome.kind !== 'hidden') return ended(outcome);
  }
}

function batchOf({ tenantId, runId, now, batchEntries }: CarryStep): { tenantId: string; runId: string; now: string; batchEntries?: number } {
  return { tenantId, runId, now, ...(batchEntries === undefined ? {} : { batchEntries }) };
}

async function waitForPin({ pool }: CarryingWorld, step: CarryStep): Promise<CarriedSoFar> {
  await pauseForPin(pool, step);
  return { state: 'waiting', failure: null };
}

function ended(outcome: Exclude<NoBatch, { kind: 'done' | 'pinned' }>): CarriedSoFar {
  return outcome.kind === 'policy changed' ? over('the policy was changed while the run was under way') : standing(outcome.state);
}

function standing(state: string): CarriedSoFar {
  return state === 'paused' || state === 'awaiting_approval' || state === 'queued' ? { state: 'waiting', failure: null } : over(null);
}

/** Either somebody paused or cancelled the run, or a later attempt than this one writes the archive. */
function lost(state: string): CarriedSoFar {
  if (state === 'running') throw new Error('another attempt writes the archive now');
  return standing(state);
}

function over(failure: string | null): CarriedSoFar {
  return { state: 'over', failure };
}
