// The hub: one per process, it lets connections in, keeps their rights as new as the log, and hands each entry to the rooms it concerns.
import type { LivePage, LiveQuery } from '../../db/journal/read-live.ts';
import type { NewsQuery } from '../../db/journal/read-news.ts';
import type { Tail } from '../../db/journal/tail.ts';
import type { Viewer } from '../../domain/access/audience.ts';
import type { Principal } from '../../domain/access/principal.ts';
import type { ProfileType } from '../../domain/access/profile-chain.ts';
import type { Cursors } from '../../domain/cursor/cursor.ts';
import type { Clock } from '../../domain/shared/clock.ts';
import { isRefusal, refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { createBeginnings } from './beginnings.ts';
import { closeCodes } from './close-codes.ts';
import type { Ending } from './close-codes.ts';
import { Connection } from './connection.ts';
import type { Connected } from './connection.ts';
import type { LiveLimits } from './limits.ts';
import { createLooks } from './looks.ts';
import type { RightsEffect } from './rights-effect.ts';
import { createPace } from './pace.ts';
import { RoomSubscription } from './subscription.ts';
import type { Listener } from './subscription.ts';
import { TenantFeed } from './tenant-feed.ts';
import { createTurns } from './turns.ts';
import type { Wire } from './wire.ts';

/** What the hub asks about rights; each answer is at least as new as the moment of asking. */
export interface LiveRights {
  /** A refusal for somebody who is not let in (any more). */
  admit(principal: Principal): Promise<Refusal | null>;
  /** Of one tenant; in the order they were asked for. */
  viewers(tenantId: string, principals: readonly Principal[]): Promise<readonly Viewer[]>;
  exists(tenantId: string, profile: { readonly type: ProfileType; readonly id: string }): Promise<boolean>;
}

export interface HubParts {
  readonly tail: Pick<Tail, 'watch'>;
  readonly readPage: (query: LiveQuery) => Promise<LivePage | null>;
  readonly readNews: (query: NewsQuery) => Promise<LivePage | null>;
  readonly rights: LiveRights;
  readonly cursors: Cursors;
  readonly clock: Clock;
  readonly limits: LiveLimits;
  /** From 0 to 1, for advice that spreads returning clients over time. */
  readonly random: () => number;
  readonly onError: (error: unknown) => void;
}

export interface Connecting<Frame> {
  readonly principal: Principal;
  readonly wire: Wire<Frame>;
  readonly onEnding?: (ending: Ending, refusal: Refusal | null) => void;
  /** Always called once, however it ended. */
  readonly onEnded?: () => void;
}

/** A connection as its adapter holds it. */
export interface LiveConnection<Frame> {
  readonly principal: Principal;
  readonly isOpen: boolean;
  /** More waits than it should: what can be told later is told later. */
  readonly isOverBudget: boolean;
  /** The place of the log that everything sent from now on lies behind. */
  readonly cursor: string;
  /** Frames come only after `start`: the answer to the join goes before them. Without a cursor, from now on. */
  join(joining: Joining<Frame>): Promise<Joined | Refusal>;
  send(frame: Frame): void;
  end(ending: Ending): void;
  wireClosed(): void;
}

export interface Joining<Frame> {
  readonly listener: Listener<Frame>;
  readonly cursor: string | null;
}

export interface Joined {
  /** The place that the frames lie behind. */
  readonly cursor: string;
  readonly seq: number;
  start(): void;
  leave(): void;
}

export interface Hub {
  /** A refusal when the caller is not let in; the wire is left alone then. */
  connect<Frame>(connecting: Connecting<Frame>): Promise<LiveConnection<Frame> | Refusal>;
  readonly connectionCount: number;
  /** Tells everybody to come back, each at another moment. */
  stop(): void;
}

/** Over which time those who are sent away by a stopping process are asked to come back. */
const comeBackWithinMs = 5_000;

export function createHub({ tail, readPage, readNews, rights, cursors, clock, limits, random, onError }: HubParts): Hub {
  const feeds = new Map<string, TenantFeed>();
  const opening = new Map<string, Promise<TenantFeed | null>>();
  const connections = new Set<Connected>();
  const turns = createTurns(limits.readersAtOnce);
  const readInTurn = (query: LiveQuery): Promise<LivePage | null> => turns.take(() => readPage(query));
  const pace = createPace({ turnMs: limits.replayTurnMs });
  const beginnings = createBeginnings({ readPage: readInTurn, cursors });
  let rightsAsked = 0;
  let stopped = false;
  const looks = createLooks({ everybody: connections, everyMs: limits.sweepMs });

  async function connect<Frame>({ principal, wire, onEnding, onEnded }: Connecting<Frame>): Promise<LiveConnection<Frame> | Refusal> {
    if (stopped) return refuse('UNAVAILABLE');
    // Requests are taken for a moment longer; who came in here by then would be sent away at once.
    if (clock.nowMs() >= principal.expiresAtSeconds * 1000) return refuse('AUTH_TOKEN_EXPIRED');
    const feed = await feedOf(principal.tenantId);
    if (feed === null) return refuse(isStopped() ? 'UNAVAILABLE' : 'TENANT_UNKNOWN');
    if (isFull(feed, principal.userId)) return refuse('TOO_BUSY', { message: 'There are too many live connections already; close some, or try again later.' });
    const refusals: Refusal[] = [];
    const connection: Connection<Frame> = new Connection<Frame>({
      principal,
      wire,
      limits,
      clock,
      onEnding: (ending, refusal) => {
        if (refusal !== null) refusals.push(refusal);
        if (connection.isLetIn) onEnding?.(ending, refusal);
      },
      onEnded: () => {
        connections.delete(connection);
        feed.remove(connection);
        closeIfUnused(feed);
        if (connection.isLetIn) onEnded?.();
      },
    });
    // Before its rights are read: what changes them from now on finds it here.
    feed.add(connection);
    try {
      await feed.arrivals.join(connection);
    } catch (error) {
      connection.wireClosed();
      throw error;
    }
    if (isStopped()) connection.wireClosed();
    if (!connection.isOpen) return refusals[0] ?? refuse('UNAVAILABLE');
    connection.letIn();
    connections.add(connection);
    return {
      principal,
      get isOpen() {
        return connection.isOpen;
      },
      get isOverBudget() {
        return connection.isOverBudget;
      },
      get cursor() {
        return feed.cursorAt(feed.position);
      },
      join: (joining) => join({ connection, feed }, joining),
      send: (frame) => {
        connection.send(frame);
      },
      end: (ending) => {
        connection.end(ending);
      },
      wireClosed: () => {
        connection.wireClosed();
      },
    };
  }

  function isFull(feed: TenantFeed, userId: string): boolean {
    return feed.connections.size >= limits.connectionsPerTenant || feed.connectionsOf(userId) >= limits.connectionsPerUser;
  }

  async function join<Frame>(
    { connection, feed }: { connection: Connection<Frame>; feed: TenantFeed },
    { listener, cursor }: Joining<Frame>,
  ): Promise<Joined | Refusal> {
    const { room } = listener;
    if (connection.subscriptions.size >= limits.subscriptions) return refuse('TOO_BUSY', { message: 'This connection is in too many rooms.' });
    if (!room.mayJoin(connection.viewer)) return refuse('NOT_FOUND');
    if (room.profile !== null && connection.viewer.administersAll && !(await exists(feed.tenantId, room.profile))) return refuse('NOT_FOUND');
    const beginning = cursor === null ? await beginnings.atHead(feed) : await beginnings.atCursor(feed, { cursor, room });
    if (isRefusal(beginning)) return beginning;
    const { afterSeq, acceptedFloor } = beginning;
    // Rights are looked at in the same breath in which the feed gets to know of it: nothing comes between.
    if (!connection.isOpen || !room.mayJoin(connection.viewer)) return refuse('NOT_FOUND');
    const subscription = new RoomSubscription({ connection, listener, feed, limits, ...beginning, onError });
    connection.subscriptions.add(subscription);
    feed.join(subscription);
    return {
      cursor: feed.cursorAt(afterSeq, acceptedFloor),
      seq: afterSeq,
      start: () => {
        subscription.start();
      },
      leave: () => {
        subscription.end();
      },
    };
  }

  function exists(tenantId: string, profile: { readonly type: ProfileType; readonly id: string }): Promise<boolean> {
    return turns.take(() => rights.exists(tenantId, profile));
  }

  /** In one go for all of them; where one is not let in any more, their connection ends. */
  async function judge(judged: readonly Connected[], { userIds, admission }: RightsEffect): Promise<void> {
    const affected = judged.filter(({ isOpen, principal }) => isOpen && (userIds === null || userIds.has(principal.userId)));
    const [first] = affected;
    if (first === undefined) return;
    rightsAsked += 1;
    const askedAs = rightsAsked;
    const principals = affected.map(({ principal }) => principal);
    const viewers = await rights.viewers(first.principal.tenantId, principals);
    const refusals = admission ? await Promise.all(principals.map((principal) => rights.admit(principal))) : [];
    affected.forEach((connection, index) => {
      const viewer = viewers[index];
      if (viewer === undefined) return;
      // Admissions are remembered until the tail has heard of a change; the directory, asked just now, knows better.
      const refusal = refusals[index] ?? (viewer.isSentAway ? refuse('AUTHZ_USER_SUSPENDED') : null);
      connection.applyRights({ askedAs, refusal, viewer });
    });
  }

  async function feedOf(tenantId: string): Promise<TenantFeed | null> {
    while (!stopped) {
      const open = feeds.get(tenantId);
      if (open !== undefined) return open;
      const opened = await (opening.get(tenantId) ?? openFeed(tenantId));
      if (opened === null) return null;
      // Its last connection may have left before we came to it: then it is closed, and a new one is opened.
    }
    return null;
  }

  function isStopped(): boolean {
    return stopped;
  }

  function openFeed(tenantId: string): Promise<TenantFeed | null> {
    const opened = tail
      .watch(tenantId)
      .then((log) => {
        if (log === null || stopped) return null;
        const feed: TenantFeed = new TenantFeed({
          log,
          cursors,
          limits,
          readNews,
          readManyNews: readPage,
          readMissed: readInTurn,
          pace,
          judge,
          judgeArrived: (arrived) => turns.take(() => judge(arrived, { userIds: null, admission: true })),
          onReplaced: () => {
            feeds.delete(tenantId);
            for (const connection of [...feed.connections]) connection.end(comeBack('the log was restored; start again without a cursor'));
          },
          onError,
        });
        feeds.set(tenantId, feed);
        return feed;
      })
      .finally(() => opening.delete(tenantId));
    opening.set(tenantId, opened);
    return opened;
  }

  function closeIfUnused(feed: TenantFeed): void {
    if (feed.connections.size > 0 || feeds.get(feed.tenantId) !== feed) return;
    feeds.delete(feed.tenantId);
    feed.close();
  }

  function comeBack(reason: string): Ending {
    return { code: closeCodes.shutdown, reason, retryAfterMs: Math.round(random() * comeBackWithinMs) };
  }

  return {
    connect,
    get connectionCount() {
      return connections.size;
    },
    stop() {
      stopped = true;
      looks.stop();
      for (const connection of [...connections]) connection.end(comeBack('the server restarts; come back with the last cursor'));
      for (const feed of feeds.values()) feed.close();
      feeds.clear();
    },
  };
}
