// Everything activities need from outside themselves; a composition root makes it, tests make a small one.
import type { Signer } from '../db/evidence/sign.ts';
import type { Pool } from '../db/pool.ts';
import type { Clock } from '../domain/shared/clock.ts';
import type { Ids } from '../domain/shared/ids.ts';

export interface ActivityWorld {
  readonly pool: Pool;
  /** As the pruner's role; without it runs of retention wait. */
  readonly pruner?: Pool;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly signer: Signer;
}
