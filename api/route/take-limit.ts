// Counts a request against its limit before anything of it is read.
import { limitRefusal } from '../../domain/rate-limit/rate-limits.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import type { ApiWorld } from '../world.ts';
import type { Route } from './define-route.ts';
import type { Exchange } from './exchange.ts';

export interface Counting {
  readonly route: Pick<Route, 'limit'>;
  readonly exchange: Exchange;
  readonly world: ApiWorld;
}

/** Null when it may go on. */
export async function takeLimit({ route: { limit }, exchange, world }: Counting): Promise<Refusal | null> {
  const { principal } = exchange;
  if (limit === null || principal === null) return null;
  const verdict = await world.limits.take({ limit: limit.name, cost: limit.cost, principal });
  if (verdict.kind !== 'uncounted' && verdict.standing !== null) exchange.tellLimit(verdict.standing);
  return limitRefusal({ limit: limit.name, verdict });
}
