// Who is in which room of this process, told to the others and learnt from them four times a second.
import { randomUUID } from 'node:crypto';
import { sweepPresence, tellPresence } from '../../db/realtime/presence.ts';
import type { PresentUser, RoomUser } from '../../db/realtime/presence.ts';
import type { Pool } from '../../db/pool.ts';
import type { Clock } from '../../domain/shared/clock.ts';
import { createRegularRounds } from '../wire/regular-rounds.ts';
import { UsersHere } from './users-here.ts';

export interface PresenceNews {
  /** Everybody; left out for those who were told before, where the room is large. */
  readonly users?: readonly string[];
  /** How many there are, where the room is large. */
  readonly total?: number;
  readonly joined?: readonly string[];
  readonly left?: readonly string[];
}

/** Somebody in a room, and how they are told who else is. */
export interface Present {
  readonly userId: string;
  /** False when it cannot be told now: it is told everything later. All who are told the same get the same object. */
  tell(news: PresenceNews): boolean;
}

export interface PresenceBoard {
  /** Answers how to leave. */
  enter(place: { readonly tenantId: string; readonly room: string }, present: Present): () => void;
  stop(): Promise<void>;
}

export interface PresenceOptions {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
  readonly everyMs?: number;
  readonly leaseSeconds?: number;
}

interface RoomHere {
  readonly present: Set<Present>;
  notYetTold: Set<Present>;
  users: ReadonlySet<string>;
}

interface TenantHere {
  readonly rooms: Map<string, RoomHere>;
  readonly users: UsersHere;
  leasedAtMs: number;
  /** What was answered last, and about which rooms. */
  version: string | null;
  known: ReadonlySet<string>;
}

export function createPresenceBoard({ pool, clock, onError, everyMs = 250, leaseSeconds = 10 }: PresenceOptions): PresenceBoard {
  const processId = randomUUID();
  const tenants = new Map<string, TenantHere>();
  const rounds = createRegularRounds({ round, isWanted: () => tenants.size > 0, everyMs, onError });

  function enter({ tenantId, room }: { readonly tenantId: string; readonly room: string }, present: Present): () => void {
    const tenant = tenants.get(tenantId) ?? { rooms: new Map<string, RoomHere>(), users: new UsersHere(), leasedAtMs: 0, version: null, known: new Set<string>() };
    tenants.set(tenantId, tenant);
    const here = tenant.rooms.get(room) ?? { present: new Set(), notYetTold: new Set(), users: new Set<string>() };
    tenant.rooms.set(room, here);
    const one = { room, userId: present.userId };
    here.present.add(present);
    here.notYetTold.add(present);
    tenant.users.enter(one);
    rounds.wanted();
    return () => {
      if (!here.present.delete(present)) return;
      here.notYetTold.delete(present);
      tenant.users.leave(one);
    };
  }

  async function round(): Promise<void> {
    for (const [tenantId, tenant] of tenants) await exchange(tenantId, tenant);
  }

  async function exchange(tenantId: string, tenant: TenantHere): Promise<void> {
    const { rooms, users } = tenant;
    const nowMs = clock.nowMs();
    const isLeaseDue = nowMs - tenant.leasedAtMs > (leaseSeconds * 1000) / 3;
    const movement = users.untold();
    const asked = [...rooms.keys()];
    const known = asked.every((room) => tenant.known.has(room)) ? tenant.version : null;
    const { version, present } = await tellPresence(pool, { tenantId, processId, ...movement, leaseSeconds: isLeaseDue ? leaseSeconds : null, rooms: asked, known });
    if (isLeaseDue) tenant.leasedAtMs = nowMs;
    users.wasTold(movement);
    if (present === null) {
      for (const room of rooms.values()) tellLater(room);
      return;
    }
    tenant.version = version;
    tenant.known = new Set(asked);
    learn(tenantId, tenant, present);
  }

  function learn(tenantId: string, tenant: TenantHere, everywhere: readonly PresentUser[]): void {
    const { rooms, users } = tenant;
    users.shown(everywhere.filter((one) => one.processId === processId));
    const byRoom = Map.groupBy(everywhere, ({ room }) => room);
    for (const room of tenant.known) announce(rooms.get(room), byRoom.get(room) ?? []);
    forgetEmpty(tenantId, tenant);
  }

  function announce(room: RoomHere | undefined, everywhere: readonly RoomUser[]): void {
    if (room === undefined) return;
    const users = new Set([...everywhere, ...room.present].map(({ userId }) => userId));
    const joined = [...users].filter((user) => !room.users.has(user)).sort();
    const left = [...room.users].filter((user) => !users.has(user)).sort();
    room.users = users;
    const isNews = joined.length > 0 || left.length > 0;
    if (!isNews && room.notYetTold.size === 0) return;
    const { whole, difference } = newsOf({ users, joined, left });
    const toldLater = new Set<Present>();
    for (const present of room.present) {
      const news = room.notYetTold.has(present) ? whole : isNews ? difference : null;
      if (news !== null && !present.tell(news)) toldLater.add(present);
    }
    room.notYetTold = toldLater;
  }

  /** Nobody came or went: whoever could not be told before is told now. Who came this very moment is told in the next round, as one of the room. */
  function tellLater(room: RoomHere): void {
    if (room.notYetTold.size === 0) return;
    const { whole } = newsOf({ users: room.users, joined: [], left: [] });
    room.notYetTold = new Set([...room.notYetTold].filter((present) => !room.users.has(present.userId) || !present.tell(whole)));
  }

  function forgetEmpty(tenantId: string, { rooms, users }: TenantHere): void {
    const roomsTold = users.roomsTold();
    for (const [name, { present }] of rooms) if (present.size === 0 && !roomsTold.has(name)) rooms.delete(name);
    if (rooms.size === 0 && users.isEmpty) tenants.delete(tenantId);
  }

  return {
    enter,
    async stop() {
      await rounds.stop();
      await Promise.all([...tenants.keys()].map((tenantId) => sweepPresence(pool, { tenantId, processId }))).catch(onError);
      tenants.clear();
    },
  };
}

/** In a larger room, the whole list for everybody at each coming and going would be the square of it. */
const smallRoom = 500;
/** However many there are, so many names are told at most. */
const namesAtMost = 5_000;

interface Change {
  readonly users: ReadonlySet<string>;
  readonly joined: readonly string[];
  readonly left: readonly string[];
}

/** For those who come, everybody; for the others, who came and went. */
function newsOf({ users, joined, left }: Change): { readonly whole: PresenceNews; readonly difference: PresenceNews } {
  const isLarge = users.size > smallRoom;
  const everybody = { users: named([...users].sort()), ...(isLarge ? { total: users.size } : {}) };
  const change = { ...(joined.length === 0 ? {} : { joined: named(joined) }), ...(left.length === 0 ? {} : { left: named(left) }) };
  return { whole: everybody, difference: isLarge ? { total: users.size, ...change } : { ...everybody, ...change } };
}

function named(names: readonly string[]): readonly string[] {
  return names.slice(0, namesAtMost);
}
