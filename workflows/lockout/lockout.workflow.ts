// Counts behind the gate for one pair: closes the attempts it is told of that nobody reported, ends the lock in time, and says when its own count differs from the row.
import { condition, continueAsNew, defineSignal, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import type { LockoutActivities } from '../../activities/lockout/lockout.activities.ts';
import { countBehind, nextDutyAt, windowEndsAt } from '../../domain/lockout/count-behind.ts';
import type { Counted, PairTold } from '../../domain/lockout/count-behind.ts';
import { pairToldSignal } from './lockout.messages.ts';
import type { LockoutInput, PairToldArgs } from './lockout.messages.ts';

export async function lockout({ tenantId, pairId, counted: before }: LockoutInput): Promise<{ version: number }> {
  const told: PairTold[] = [];
  setHandler(defineSignal<PairToldArgs>(pairToldSignal), (news) => {
    told.push(news);
  });
  let counted: Counted | null = before;
  for (;;) {
    for (let news = told.shift(); news !== undefined; news = told.shift()) {
      const { counted: now, differs } = countBehind(counted, news);
      counted = now;
      if (differs) await pairs.reportDifference({ tenantId, pairId, version: news.version });
    }
    // Without being told of anything there is nothing to count: whoever started it will tell, or start it again.
    if (counted === null) {
      if (await condition(() => told.length > 0, firstNewsMs)) continue;
      return { version: 0 };
    }
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof lockout>({ tenantId, pairId, counted });
    const dutyAt = nextDutyAt(counted);
    const wakeAt = dutyAt ?? windowEndsAt(counted);
    if (wakeAt === null) return { version: counted.version };
    // The database's clock decides: should it be behind ours, asking it again and again would not move it.
    if (await condition(() => told.length > 0, Math.max(shortestWaitMs, Math.ceil(wakeAt / 1000) - Date.now()))) continue;
    if (dutyAt === null) return { version: counted.version };
    const settled: Counted | null = await pairs.settlePair({ tenantId, pairId });
    if (settled === null) return { version: counted.version };
    counted = settled;
  }
}

const firstNewsMs = 60_000;
const shortestWaitMs = 1_000;

const pairs = proxyActivities<LockoutActivities>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' },
});
