// However many listen, an entry is put into words once for each dialect.
import { describe, expect, it } from '@jest/globals';
import type { LiveEntry } from '../../db/journal/read-live.ts';
import type { Viewer } from '../../domain/access/audience.ts';
import { profileFrames, uploadFrames } from '../../realtime/current-ws/current-frames.ts';
import { Connection } from '../../realtime/hub/connection.ts';
import { liveLimits } from '../../realtime/hub/limits.ts';
import { News } from '../../realtime/hub/news.ts';
import { createPace } from '../../realtime/hub/pace.ts';
import { everyEntry } from '../../realtime/hub/room.ts';
import { RoomSubscription } from '../../realtime/hub/subscription.ts';
import type { FeedPlace, Listener } from '../../realtime/hub/subscription.ts';
import type { Wire } from '../../realtime/hub/wire.ts';
import { auditFrames, roomFrames } from '../../realtime/socket-io/io-frames.ts';
import { sseFrames } from '../../realtime/sse/sse-frames.ts';
import { syncFrames } from '../../realtime/sync-ws/sync-frames.ts';
import { uiFrames } from '../../realtime/ui-ws/ui-frames.ts';
import { madeFacts } from '../journal/made-facts.ts';

const viewer: Viewer = {
  userId: 'u', isSentAway: false, administersAll: true, within: null,
  seen: { org: new Set(), workspace: new Set(), share: new Set() },
  administered: { org: new Set(), workspace: new Set(), share: new Set() },
};
const principal = { tenantId: 't', userId: 'u', scopes: new Set<string>(), email: null, name: null, groups: [], sessionId: 's', issuedAtSeconds: null, expiresAtSeconds: 4_000_000_000, serviceAccount: null, idp: null, entities: null };

function news(seq: number, facts: Parameters<typeof madeFacts>[0] = {}): News {
  const entry: LiveEntry = { ...madeFacts(facts), tenant_id: 't', seq, recordedAt: 0, change: facts.change_type == null ? null : '{"a":1}', earlier: null, search_text: '' };
  return new News(entry, (at) => `c${String(at)}`);
}

const feed: FeedPlace = {
  tenantId: 't', epoch: 'e', position: 0,
  cursorAt: (seq) => `c${String(seq)}`,
  readPage: () => Promise.resolve(null),
  pace: createPace({ turnMs: 5 }),
  leave: () => undefined,
};

/** A live listener, and what went out on its wire. */
function listen(frames: Listener<object>['frames']): { readonly sent: object[]; offer(news: News): void } {
  const sent: object[] = [];
  const wire: Wire<object> = { queuedBytes: 0, queuedFrames: 0, sentBytes: 0, unansweredPings: 0, send: (frame) => sent.push(frame), ping: () => undefined, close: () => undefined };
  const connection = new Connection<object>({ principal, wire, limits: liveLimits, clock: { nowMs: () => 0 }, onEnding: undefined, onEnded: () => undefined });
  connection.applyRights({ askedAs: 1, refusal: null, viewer });
  const listener: Listener<object> = {
    room: { key: everyEntry, selection: { kind: 'all' }, scopeTag: null, profile: null, mayJoin: () => true, shows: () => true },
    form: frames, withEarlier: false, frames,
    lag: () => ({}), onRevoked: () => undefined, onRefused: () => undefined,
  };
  const subscription = new RoomSubscription({ connection, listener, feed, limits: liveLimits, afterSeq: 0, acceptedFloor: 0, onError: () => undefined });
  subscription.start();
  return { sent, offer: (one) => { subscription.offer(one); } };
}

describe('an entry with many listeners', () => {
  it('when three listen in one form and two in another, then each form is made once, and all of one form get the same frame', () => {
    const made = { one: 0, other: 0 };
    const one = (of: News): readonly object[] => of.once(one, () => [{ made: ++made.one }]);
    const other = (of: News): readonly object[] => of.once(other, () => [{ made: ++made.other }]);
    const everybody = [listen(one), listen(other), listen(one), listen(other), listen(one)];
    for (const seq of [1, 2]) {
      const entry = news(seq);
      for (const listener of everybody) listener.offer(entry);
    }

    expect(made).toEqual({ one: 2, other: 2 });
    const [first, second, third, fourth, fifth] = everybody.map(({ sent }) => sent);
    for (const at of [0, 1]) {
      expect(first?.[at]).toBeDefined();
      expect([third?.[at] === first?.[at], fifth?.[at] === first?.[at], fourth?.[at] === second?.[at]]).toEqual([true, true, true]);
    }
  });

  const change = { change_type: 'created', resource_type: 'file', resource_id: 'f', share_id: 'shr', activity: ['upload:f'] } as const;
  const own = { own_action: 'update_config' } as const;
  it.each([
    ['the sync socket', syncFrames, change],
    ['the UI socket', uiFrames, change],
    ['the activity socket', profileFrames, change],
    ['the activity socket, of uploads', uploadFrames, change],
    ['rooms on Socket.IO', roomFrames, change],
    ['audit rooms', auditFrames, own],
    ['server-sent events', sseFrames({ isNamed: false }), own],
    ['server-sent events with names', sseFrames({ isNamed: true }), own],
  ])('when %s has it for several, then their frames are the same objects', (_door, frames, facts) => {
    const entry = news(1, facts);
    const first = frames(entry, viewer);
    const second = frames(entry, { ...viewer, userId: 'somebody else' });

    expect(first.length).toBeGreaterThan(0);
    expect(second.map((frame, index) => frame === first[index])).toEqual(first.map(() => true));
  });
});
