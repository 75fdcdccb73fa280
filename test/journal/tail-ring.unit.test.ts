// The memory of the newest entries: complete where it says so, bounded always.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createTailRing } from '../../db/journal/tail-ring.ts';
import type { TailEntry } from '../../db/journal/tail-ring.ts';

const facts = { activity: [], visibility: 'external', user_id: null, target_user_id: null, org_id: null, workspace_id: null, share_id: 's', resource_type: null, resource_id: null };

function entries(from: number, to: number, change = 'x'.repeat(100)): TailEntry[] {
  return Array.from({ length: to - from + 1 }, (_, index) => ({ seq: from + index, shareId: 's', change, ownAction: null, touchesRights: false, recordedAt: from + index, facts }));
}

const seqsOf = (found: readonly TailEntry[] | null) => found?.map(({ seq }) => seq) ?? null;

describe('when a ring is read', () => {
  it('then it gives everything after a seq, or says that it does not have it', () => {
    const ring = createTailRing(10);
    ring.push(entries(11, 15), 15);

    expect(seqsOf(ring.after(10))).toEqual([11, 12, 13, 14, 15]);
    expect(seqsOf(ring.after(13))).toEqual([14, 15]);
    expect(seqsOf(ring.after(15))).toEqual([]);
    expect(ring.after(9)).toBeNull();
  });

  it('then what was dropped is not missing silently', () => {
    const ring = createTailRing(0);
    ring.push(entries(1, 100), 100);
    ring.shrinkTo(10_000);

    expect(ring.bytes).toBeLessThanOrEqual(10_000);
    expect(ring.after(ring.completeAfter - 1)).toBeNull();
    expect(seqsOf(ring.after(ring.completeAfter))?.at(0)).toBe(ring.completeAfter + 1);
  });

  it('then pruned seqs leave, also those it never held', () => {
    const ring = createTailRing(0);
    ring.push(entries(1, 5), 5);
    ring.dropThrough(3);

    expect(seqsOf(ring.after(3))).toEqual([4, 5]);
    expect(ring.after(2)).toBeNull();
    ring.dropThrough(5);
    expect(ring.bytes).toBe(0);
  });

  it('then for any pushing and shrinking it never gives a page with a hole', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.record({ push: fc.integer({ min: 1, max: 20 }) }), fc.record({ shrink: fc.integer({ min: 0, max: 5_000 }) })), { maxLength: 40 }), fc.nat(400), (steps, from) => {
        const ring = createTailRing(0);
        for (const step of steps) {
          if ('push' in step) ring.push(entries(ring.position + 1, ring.position + step.push), ring.position + step.push);
          else ring.shrinkTo(step.shrink);
        }
        const found = seqsOf(ring.after(from));
        const wanted = Array.from({ length: Math.max(0, ring.position - from) }, (_, index) => from + 1 + index);
        expect(found === null ? from < ring.completeAfter : found.join() === wanted.join()).toBe(true);
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});
