// The gate as it stands in an API process: what it writes is at once known to the tail.
import { askingIn } from '../../../db/access/ask.ts';
import type { GateWorld } from '../../../db/lockout/gate.ts';
import type { ApiWorld } from '../../world.ts';

export function gateOf({ effects, ids }: Pick<ApiWorld, 'effects' | 'ids'>): GateWorld {
  return { ids, write: (tenantId, work) => effects.run(tenantId, (em) => work(askingIn(em))) };
}
