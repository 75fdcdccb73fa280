// The feed runs ahead of what the process remembers of rights, except where an entry is about rights.
import { describe, expect, it } from '@jest/globals';
import type { LiveEntry, LivePage } from '../../db/journal/read-live.ts';
import type { FreshPage } from '../../db/journal/read-news.ts';
import { FollowedLog } from '../../db/journal/tail-log.ts';
import { createCursors } from '../../domain/cursor/cursor.ts';
import { liveLimits } from '../../realtime/hub/limits.ts';
import { createPace } from '../../realtime/hub/pace.ts';
import { everyEntry } from '../../realtime/hub/room.ts';
import type { Room } from '../../realtime/hub/room.ts';
import type { Subscription } from '../../realtime/hub/subscription.ts';
import { TenantFeed } from '../../realtime/hub/tenant-feed.ts';
import { madeFacts } from '../journal/made-facts.ts';

const clock = { nowMs: () => 0 };

function entry(seq: number, ownAction: string | null): LiveEntry {
  return { ...madeFacts(), own_action: ownAction, outcome: 'success', tenant_id: 't', seq, recordedAt: 0, change: null, earlier: null, search_text: '' };
}

/** A log whose head is known before the tail has passed anything. */
function feedOf(entries: readonly LiveEntry[]) {
  const reads: string[] = [];
  const log = new FollowedLog({ head: { tenantId: 't', epoch: 'e', lastSeq: 0, floorSeq: 0 }, clock, isHeard: () => true, onWaiting: () => undefined });
  const judged: number[] = [];
  const readPage = (): Promise<LivePage> => Promise.resolve({ entries, throughSeq: log.head, head: log.head, floor: 0, epoch: 'e' });
  const feed = new TenantFeed({
    log,
    cursors: createCursors(new Uint8Array(32)),
    limits: liveLimits,
    pace: createPace({ turnMs: 5 }),
    readNews: () => {
      reads.push('few');
      return readPage();
    },
    readManyNews: () => {
      reads.push('many');
      return readPage();
    },
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
  return { log, feed, judged, reads };
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

/** Of one entry, as an append of this process brings it along. */
function freshPage(seq: number): FreshPage {
  return { entries: [entry(seq, null)], afterSeq: seq - 1, throughSeq: seq, head: seq, floor: 0, epoch: 'e', withEarlier: false };
}

function listen(feed: TenantFeed, count: number, { withEarlier = false } = {}): { readonly told: number[] } {
  const told: number[] = [];
  const room = { key: everyEntry } as Room;
  for (let index = 0; index < count; index += 1) feed.join({ room, withEarlier, offer: ({ seq }) => { told.push(seq); } } as Pick<Subscription, 'room' | 'withEarlier' | 'offer'> as Subscription);
  return { told };
}

describe('what an append of this process brings along', () => {
  it('when it is what comes next, then it is told at once, and nothing is read', async () => {
    const { log, feed, reads } = feedOf([entry(1, null)]);
    const { told } = listen(feed, 1);
    await turns();
    const readBefore = reads.length;
    log.noteCommitted({ tenantId: 't', lastSeq: 2, touchesRights: false, page: freshPage(2) });

    expect([told, feed.position, reads.length - readBefore]).toEqual([[1, 2], 2, 0]);
    feed.close();
  });

  it('when another process has written before it, then the log is read from where it was left', async () => {
    const { log, feed, reads } = feedOf([entry(1, null)]);
    await turns();
    log.noteCommitted({ tenantId: 't', lastSeq: 3, touchesRights: false, page: freshPage(3) });

    expect([feed.position, reads.slice(1)]).toEqual([1, ['few']]);
    feed.close();
  });

  it('when somebody came meanwhile who is shown what was there earlier, then the log is read with it', async () => {
    const { log, feed, reads } = feedOf([entry(1, null)]);
    await turns();
    listen(feed, 1, { withEarlier: true });
    const readBefore = reads.length;
    log.noteCommitted({ tenantId: 't', lastSeq: 2, touchesRights: false, page: freshPage(2) });
    await turns();

    expect(reads.slice(readBefore)[0]).toBe('few');
    feed.close();
  });

  it('when very many listen, then whoever wrote it is answered first', async () => {
    const { log, feed } = feedOf([entry(1, null)]);
    await turns();
    const { told } = listen(feed, 51);
    log.noteCommitted({ tenantId: 't', lastSeq: 2, touchesRights: false, page: freshPage(2) });

    expect(told).toEqual([]);
    await turns();
    expect(told).toHaveLength(51);
    feed.close();
  });

  it('when it comes while rights are asked for, then it is kept, and told behind what they were asked for', async () => {
    const { log, feed, reads } = feedOf([entry(1, null), entry(2, 'revoke_session')]);
    const { told } = listen(feed, 1);
    await turns();
    log.noteCommitted({ tenantId: 't', lastSeq: 3, touchesRights: false, page: freshPage(3) });
    log.passOver({ upTo: 2, touchesRights: true });
    await turns();

    expect([told, reads]).toEqual([[1, 2, 3], ['many']]);
    feed.close();
  });

  it('when the feed does not know where it stands, or is far behind, then it is not asked for', async () => {
    const { log, feed } = feedOf([entry(1, null), entry(2, null)]);
    expect(log.newsWish()).toBeNull();
    await turns();
    expect(log.newsWish()).toEqual({ withEarlier: false, recordedFrom: 0 });
    log.noteCommitted({ tenantId: 't', lastSeq: 100, touchesRights: false });
    expect(log.newsWish()).toBeNull();
    feed.close();
    expect(log.newsWish()).toBeNull();
  });
});
