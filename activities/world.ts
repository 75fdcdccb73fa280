// Everything activities need from outside themselves; a composition root makes it, tests make a small one.
import type { Signer } from '../db/evidence/sign.ts';
import type { Pool } from '../db/pool.ts';
import type { Clock } from '../domain/shared/clock.ts';
import type { Ids } from '../domain/shared/ids.ts';
import type { checkText } from '../domain/summary/check-text.ts';
import type { ModelDoor } from './summary/model-door.ts';

export interface ActivityWorld {
  readonly pool: Pool;
  /** As the pruner's role; without it runs of retention wait. */
  readonly pruner?: Pool;
  /** Not pipelined: for rows that are copied out. */
  readonly copying: Pool;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly signer: Signer;
  /** What is too large for rows: parts of exports, archives. All processes of the installation see the same folder. */
  readonly filesDir: string;
  /** How many entries a batch of a run takes; a hold that is being placed waits for one batch. */
  readonly retentionBatch?: number;
  /** Writes summaries; without it each of them is given up. */
  readonly model?: ModelDoor;
  /** Another one only in tests, which show by it what checking is good for. */
  readonly checkSummary?: typeof checkText;
}
