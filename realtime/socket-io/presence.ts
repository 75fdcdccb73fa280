// Who is in which room of this process, told to the others and learnt from them four times a second.
import { randomUUID } from 'node:crypto';
import { sweepPresence, tellPresence } from '../../db/realtime/presence.ts';
import type { RoomUser } from '../../db/realtime/presence.ts';
import type { Pool } from '../../db/pool.ts';
import type { Clock } from '../../domain/shared/clock.ts';

export interface PresenceNews {
  readonly users: readonly string[];
  readonly joined?: readonly string[];
  readonly left?: readonly string[];
}

/** Somebody in a room, and how they are told who else is. */
export interface Present {
  readonly userId: string;
  tell(news: PresenceNews): void;
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
  readonly notYetTold: Set<Present>;
  users: readonly string[] | null;
}

interface TenantHere {
  readonly rooms: Map<string, RoomHere>;
  /** As this process told the others: key is room and user. */
  readonly told: Map<string, RoomUser>;
  leasedAtMs: number;
}

export function createPresenceBoard({ pool, clock, onError, everyMs = 250, leaseSeconds = 10 }: PresenceOptions): PresenceBoard {
  const processId = randomUUID();
  const tenants = new Map<string, TenantHere>();
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  function enter({ tenantId, room }: { readonly tenantId: string; readonly room: string }, present: Present): () => void {
    const tenant = tenants.get(tenantId) ?? { rooms: new Map<string, RoomHere>(), told: new Map<string, RoomUser>(), leasedAtMs: 0 };
    tenants.set(tenantId, tenant);
    const here = tenant.rooms.get(room) ?? { present: new Set(), notYetTold: new Set(), users: null };
    tenant.rooms.set(room, here);
    here.present.add(present);
    here.notYetTold.add(present);
    schedule();
    return () => {
      here.present.delete(present);
      here.notYetTold.delete(present);
    };
  }

  function schedule(): void {
    if (stopped || timer !== undefined || tenants.size === 0) return;
    timer = setTimeout(() => {
      running = round()
        .catch(onError)
        .finally(() => {
          timer = undefined;
          schedule();
        });
    }, everyMs);
  }

  async function round(): Promise<void> {
    for (const [tenantId, tenant] of tenants) await exchange(tenantId, tenant);
  }

  async function exchange(tenantId: string, tenant: TenantHere): Promise<void> {
    const { rooms, told } = tenant;
    const nowMs = clock.nowMs();
    const isLeaseDue = nowMs - tenant.leasedAtMs > (leaseSeconds * 1000) / 3;
    const here = usersHere(rooms);
    const entered = [...here].filter(([key]) => !told.has(key)).map(([, one]) => one);
    const left = [...told].filter(([key]) => !here.has(key)).map(([, one]) => one);
    const asked = [...rooms.keys()];
    const everywhere = await tellPresence(pool, { tenantId, processId, entered, left, leaseSeconds: isLeaseDue ? leaseSeconds : null, rooms: asked });
    if (isLeaseDue) tenant.leasedAtMs = nowMs;
    for (const one of entered) told.set(keyOf(one), one);
    for (const one of left) told.delete(keyOf(one));
    // A crash of the database empties the table: what it does not show of us is told again in the next round.
    const shownOfUs = new Set(everywhere.filter((one) => one.processId === processId).map(keyOf));
    for (const key of told.keys()) if (!shownOfUs.has(key)) told.delete(key);
    const byRoom = Map.groupBy(everywhere, ({ room }) => room);
    for (const room of asked) announce(rooms.get(room), byRoom.get(room) ?? []);
    forgetEmpty(tenantId, tenant);
  }

  function announce(room: RoomHere | undefined, everywhere: readonly RoomUser[]): void {
    if (room === undefined) return;
    const users = [...new Set([...everywhere.map(({ userId }) => userId), ...[...room.present].map(({ userId }) => userId)])].sort();
    const before = room.users ?? [];
    const joined = users.filter((user) => !before.includes(user));
    const left = before.filter((user) => !users.includes(user));
    for (const present of room.present) {
      if (room.notYetTold.has(present)) present.tell({ users });
      else if (joined.length > 0 || left.length > 0) present.tell({ users, ...(joined.length === 0 ? {} : { joined }), ...(left.length === 0 ? {} : { left }) });
    }
    room.notYetTold.clear();
    room.users = users;
  }

  function forgetEmpty(tenantId: string, { rooms, told }: TenantHere): void {
    for (const [name, { present }] of rooms) if (present.size === 0 && ![...told.values()].some(({ room }) => room === name)) rooms.delete(name);
    if (rooms.size === 0 && told.size === 0) tenants.delete(tenantId);
  }

  return {
    enter,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
      await Promise.all([...tenants.keys()].map((tenantId) => sweepPresence(pool, { tenantId, processId }))).catch(onError);
      tenants.clear();
    },
  };
}

function usersHere(rooms: ReadonlyMap<string, RoomHere>): Map<string, RoomUser> {
  const here = new Map<string, RoomUser>();
  for (const [room, { present }] of rooms) {
    for (const { userId } of present) here.set(keyOf({ room, userId }), { room, userId });
  }
  return here;
}

function keyOf({ room, userId }: RoomUser): string {
  return JSON.stringify([room, userId]);
}
