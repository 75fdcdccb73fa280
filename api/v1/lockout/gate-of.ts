// The gate as it stands in an API process: what it writes is at once known to the tail.
import type { GateWorld } from '../../../db/lockout/gate.ts';
import type { ApiWorld } from '../../world.ts';

export function gateOf({ gateEffects, ids }: Pick<ApiWorld, 'gateEffects' | 'ids'>): GateWorld {
  return { ids, write: gateEffects.run };
}
