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
  /** Of requests of which nobody knows who sent them: what strangers send never takes the place of what those who are known send. */
  readonly publicBodies: BodyBudget;
  /** Compares every reply and every refusal with what the route documents: for tests. */
  readonly checkReplies: boolean;
}
