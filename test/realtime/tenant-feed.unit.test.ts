// The feed runs ahead of what the process remembers of rights, except where an entry is about rights.
import { describe, expect, it } from '@jest/globals';
import type { LiveEntry, LivePage } from '../../db/journal/read-live.ts';
import { FollowedLog } from '../../db/journal/tail-log.ts';
import { createCursors } from '../../domain/cursor/cursor.ts';
import { liveLimits } from '../../realtime/hub/limits.ts';
import { createPace } from '../../realtime/hub/pace.ts';
import { TenantFeed } from '../../realtime/hub/tenant-feed.ts';
import { madeFacts } from '../journal/made-facts.ts';

const clock = { nowMs: () => 0 };

function entry(seq: number, ownAction: string | null): LiveEntry {
  return { ...madeFacts(), own_action: ownAction, outcome: 'success', tenant_id: 't', seq, recordedAt: 0, change: null, earlier: null, search_text: '' };
}

/** A log whose head is known before the tail has passed anything. */
function feedOf(entries: readonly LiveEntry[]) {
  const log = new FollowedLog({ head: { tenantId: 't', epoch: 'e', lastSeq: 0, floorSeq: 0 }, clock, isHeard: () => true, onWaiting: () => undefined });
  const judged: number[] = [];
  const readPage = (): Promise<LivePage> => Promise.resolve({ entries, throughSeq: entries.length, head: entries.length, floor: 0, epoch: 'e' });
  const feed = new TenantFeed({
    log,
    cursors: createCursors(new Uint8Array(32)),
    limits: liveLimits,
    pace: createPace({ turnMs: 5 }),
    readNews: readPage,
    readMissed: readPage,
    judge: () => {
      judged.push(log.position);
      return Promise.resolve();
    },
    judgeArrived: () => Promise.resolve(),
    onReplaced: () => undefined,
    onError: (error) => {
      throw error;
    },
  });
  log.noteHead({ tenantId: 't', epoch: 'e', lastSeq: entries.length, floorSeq: 0 });
  return { log, feed, judged };
}

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

describe('the feed of a tenant', () => {
  it('when what is new is not about rights, then it is told before the tail has passed it', async () => {
    const { log, feed, judged } = feedOf([entry(1, null), entry(2, null)]);
    await turns();

    expect([log.position, feed.position, judged]).toEqual([0, 2, []]);
    feed.close();
  });

  it('when it is about rights, then nothing is told until the tail has passed it, and rights are asked for after that', async () => {
    const { log, feed, judged } = feedOf([entry(1, null), entry(2, 'revoke_session')]);
    await turns();
    expect([feed.position, judged]).toEqual([0, []]);
    log.passOver({ upTo: 2, touchesRights: true });
    await turns();

    expect([feed.position, judged]).toEqual([2, [2]]);
    feed.close();
  });
});
