// What all requests of one listener share.
import type { ApiWorld } from '../world.ts';
import type { BodyBudget } from './body-budget.ts';
import type { Cors } from './cors.ts';
import type { OpenWaits } from './open-waits.ts';

export interface Serving {
  readonly world: ApiWorld;
  readonly cors: Cors;
  readonly waits: OpenWaits;
  readonly bodies: BodyBudget;
  /** Compares every reply and every refusal with what the route documents: for tests. */
  readonly checkReplies: boolean;
}
