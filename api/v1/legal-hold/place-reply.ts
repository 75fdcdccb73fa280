// The answer to placing: the hold with its items, and what they protect, counted after the commit.
import { z } from 'zod';
import type { Hold, Item } from '../../../domain/legal-hold/legal-hold.schema.ts';
import { asking } from '../../../db/access/ask.ts';
import { countProtected } from '../../../db/legal-hold/count-protected.ts';
import { findHold, findItems } from '../../../db/legal-hold/hold-rows.ts';
import type { Placed } from '../../../db/legal-hold/place-hold.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import type { ApiWorld } from '../../world.ts';

export const holdId = z.string().regex(/^[A-Za-z0-9]{1,64}$/, 'expected the id of a hold');

export interface PlacedShown {
  readonly hold: Hold;
  readonly items: readonly Item[];
}

/** What is placed is in force whether it can be counted or not: then the number is null, and the workflow counts again. */
export async function showPlaced(world: ApiWorld, tenantId: string, { holdId: id, itemIds, effectiveSeq }: Placed): Promise<PlacedShown> {
  if (effectiveSeq !== null) {
    try {
      await countProtected(world.pool, { tenantId, holdId: id, itemIds, throughSeq: effectiveSeq });
    } catch (error) {
      world.log.warn({ tenant: tenantId, hold: id, err: error }, 'what a hold protects could not be counted; it is in force');
    }
  }
  return inTenant(world.pool, tenantId, async (client) => {
    const ask = asking(client);
    const hold = await findHold(ask, { tenantId, holdId: id });
    if (hold === null) throw new Error('what was written is not there');
    return { hold, items: await findItems(ask, { tenantId, holdId: id, itemIds }) };
  });
}
