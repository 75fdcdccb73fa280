// Looks at a hold as its row has it: counts what it protects, and writes the reminder of its end date once.
import { Context } from '@temporalio/activity';
import { nextLook } from '../../domain/legal-hold/next-look.ts';
import { countProtectedNow } from '../../db/legal-hold/count-protected.ts';
import { readFollowedHold, remindOfEnd } from '../../db/legal-hold/follow-hold.ts';
import type { ActivityWorld } from '../world.ts';

export interface LookedAt {
  readonly state: 'active' | 'released' | 'absent';
  readonly nextLookMs: number;
}

export interface LegalHoldActivities {
  /** Run again it counts again, and reminds of the same end date no second time. */
  lookAtHold(hold: { readonly tenantId: string; readonly holdId: string }): Promise<LookedAt>;
}

export function createLegalHoldActivities({ pool, clock, ids }: Pick<ActivityWorld, 'pool' | 'clock' | 'ids'>): LegalHoldActivities {
  return {
    async lookAtHold(ref) {
      const hold = await readFollowedHold(pool, ref);
      if (hold === null) return { state: 'absent', nextLookMs: 0 };
      if (hold.releasedAt !== null) return { state: 'released', nextLookMs: 0 };
      const nowMs = clock.nowMs();
      const look = nextLook({ expirationDate: hold.expirationDate, remindedFor: hold.remindedFor, nowMs });
      if (look.remind) await remindOfEnd(pool, ref, { entryId: ids.next(), nowMs });
      const context = Context.current();
      await countProtectedNow(pool, ref, { onPart: () => { context.heartbeat(); context.cancellationSignal.throwIfAborted(); } });
      return { state: 'active', nextLookMs: look.nextLookMs };
    },
  };
}
