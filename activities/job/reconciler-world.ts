// Everything the reconciler needs from outside itself, and what it counts.
import type { Logger } from 'pino';
import type { Pool } from '../../db/pool.ts';
import type { JobCarrier } from '../../domain/job/carrier.ts';
import type { JobKind } from '../../domain/job/kinds.ts';
import type { Clock } from '../../domain/shared/clock.ts';
import type { Ids } from '../../domain/shared/ids.ts';
import type { TemporalDoor } from './temporal-door.ts';

export interface ReconcilerWorld {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly temporal: TemporalDoor;
  readonly carriers: Readonly<Record<JobKind, JobCarrier>>;
}

/** Of one round. */
export interface RoundCounts {
  openJobs: number;
  started: number;
  startedAgain: number;
  givenUp: number;
  schedulesMade: number;
  schedulesCorrected: number;
  schedulesRemoved: number;
  /** Times that passed without a job of theirs. */
  firesMadeUp: number;
  /** Could not be dealt with, each for its own reason; the next round tries again. */
  failures: number;
}

export interface RoundLimit {
  /** True when the round has had its time, or is to stop: the next one goes on from where this one got to. */
  isOver(): boolean;
}
