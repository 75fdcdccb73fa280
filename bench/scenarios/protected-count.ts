// How many entries of a million a hold protects, which is counted before its placing is answered, beside a bare count of them.
import { countHeld } from '../../db/held/count-held.ts';
import { createPool } from '../../db/pool.ts';
import { queryAs } from '../../db/tenant-transaction.ts';
import type { HeldScope } from '../../domain/held/held-scope.ts';
import { fillLog } from '../fill-log.ts';
import type { BenchInstallation } from '../installation.ts';
import type { Comparison } from '../measure.ts';

const entries = 1_000_000;
const countsPerRound = 2;
const tenantId = 'demo';
const scope: HeldScope = { holdId: 'HOLD', itemId: 'ITEM', by: { kind: 'share', shareId: 'shr_0' }, include: null, exclude: null };

export async function protectedCount({ ownerUrl, appUrl }: BenchInstallation): Promise<{ comparison: Comparison; end: () => Promise<void> }> {
  const { lastSeq } = await fillLog({ ownerUrl, entries, months: 84 });
  const pool = createPool({ url: appUrl, max: 1 });
  const comparison: Comparison = {
    name: 'protected-count',
    unit: 'counts',
    oursIs: 'the protected_count of a hold on one share of ten, 100,000 of 1,000,000 entries',
    floorIs: 'a bare count of the share under the same row security, in one statement whose plan is kept from call to call; ours is planned anew for each of its parts',
    target: null,
    ours: {
      async round() {
        for (let done = 0; done < countsPerRound; done += 1) {
          const { total } = await countHeld(pool, { tenantId, scopes: [scope], itemIds: ['ITEM'], throughSeq: lastSeq });
          if (total !== entries / 10) throw new Error(`counted ${String(total)}`);
        }
        return countsPerRound;
      },
    },
    floor: {
      async round() {
        for (let done = 0; done < countsPerRound; done += 1) await queryAs(pool, tenantId, { name: 'bare', text: `SELECT count(*) FROM entry WHERE tenant_id = $1 AND share_id = 'shr_0'`, values: [tenantId] });
        return countsPerRound;
      },
    },
  };
  return { comparison, end: () => pool.end() };
}
