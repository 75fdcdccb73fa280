// What one Socket.IO client asks and is answered: join, leave, ack.
import { z } from 'zod';
import type { Principal } from '../../domain/access/principal.ts';
import { isRefusal, refuse, refuseFields } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import type { Joined, LiveConnection } from '../hub/hub.ts';
import type { LiveLimits } from '../hub/limits.ts';
import type { Listener } from '../hub/subscription.ts';
import type { DoorWorld } from '../wire/live-world.ts';
import { auditFrames, roomFrames } from './io-frames.ts';
import { IoFrame } from './io-frame.ts';
import { readWish } from './join-wish.ts';
import type { Wish } from './join-wish.ts';
import { presenceFrame } from './presence-frame.ts';
import type { PresenceBoard } from './presence.ts';

export type Answer = { readonly ok: true; readonly cursor?: string } | { readonly ok: false; readonly error: Problem };

export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface IoTalkParts {
  readonly connection: LiveConnection<IoFrame>;
  readonly principal: Principal;
  readonly onlyRoomId: string | null;
  readonly presence: PresenceBoard;
  readonly limits: Pick<LiveLimits, 'auditRooms'>;
  readonly acknowledge: DoorWorld['acknowledge'];
}

interface RoomHere {
  readonly isAudit: boolean;
  readonly joined: Joined;
  readonly leavePresence: () => void;
}

const ackWish = z.strictObject({ event_id: z.string().regex(/^(?:evt_|aud_|chg_)?[A-Za-z0-9]{1,64}$/) });

export class IoTalk {
  readonly #parts: IoTalkParts;
  readonly #rooms = new Map<string, RoomHere>();

  constructor(parts: IoTalkParts) {
    this.#parts = parts;
  }

  /** Frames come after the answer, never before it. */
  async join(payload: unknown, answer: (answer: Answer) => void): Promise<void> {
    const wish = this.#wishOf(payload);
    if (!isRefusal(wish) && this.#isOneAuditRoomTooMany(wish)) {
      answer(refused(refuse('TOO_BUSY', { message: 'This connection is in too many audit rooms.' })));
      return;
    }
    const joined = isRefusal(wish) ? wish : await this.#parts.connection.join({ listener: this.#listener(wish), cursor: wish.cursor });
    if (isRefusal(wish) || isRefusal(joined)) {
      answer(refused(isRefusal(wish) ? wish : (joined as Refusal)));
      return;
    }
    this.#leave(wish.name);
    const { tenantId, userId } = this.#parts.principal;
    const leavePresence = wish.isAudit
      ? () => undefined
      : this.#parts.presence.enter(
          { tenantId, room: wish.name },
          {
            userId,
            tell: (news) => {
              const { connection } = this.#parts;
              if (connection.isOverBudget) return false;
              connection.send(presenceFrame(wish.label, news));
              return true;
            },
          },
        );
    this.#rooms.set(wish.name, { isAudit: wish.isAudit, joined, leavePresence });
    answer({ ok: true, cursor: joined.cursor });
    joined.start();
  }

  leave(payload: unknown): Answer {
    const wish = this.#wishOf(payload);
    if (isRefusal(wish)) return refused(wish);
    return this.#leave(wish.name) ? { ok: true } : refused(refuse('NOT_FOUND', { message: 'Not in this room.' }));
  }

  async acknowledge(payload: unknown): Promise<Answer> {
    if (this.#parts.onlyRoomId !== null) return refused(refuse('FORBIDDEN'));
    const wish = ackWish.safeParse(payload);
    if (!wish.success) return refused(refuseFields([{ field: 'event_id', expected: 'expected the id of an event' }]));
    const refusal = await this.#parts.acknowledge(this.#parts.principal, wish.data.event_id);
    return refusal === null ? { ok: true } : refused(refusal);
  }

  ended(): void {
    for (const { leavePresence } of this.#rooms.values()) leavePresence();
    this.#rooms.clear();
  }

  #wishOf(payload: unknown): Wish | Refusal {
    const { principal, onlyRoomId } = this.#parts;
    const wish = readWish(payload, principal);
    if (isRefusal(wish) || onlyRoomId === null) return wish;
    // Whether there is such a room of this kind is asked when it is joined.
    return wish.room.profile?.id === onlyRoomId ? wish : refuse('FORBIDDEN', { message: 'This token or ticket is for one room only.' });
  }

  #isOneAuditRoomTooMany({ isAudit, name }: Wish): boolean {
    if (!isAudit || this.#rooms.has(name)) return false;
    return [...this.#rooms.values()].filter((room) => room.isAudit).length >= this.#parts.limits.auditRooms;
  }

  #leave(name: string): boolean {
    const room = this.#rooms.get(name);
    room?.joined.leave();
    room?.leavePresence();
    return this.#rooms.delete(name);
  }

  #listener(wish: Wish): Listener<IoFrame> {
    const { connection } = this.#parts;
    const frames = wish.isAudit ? auditFrames : roomFrames;
    return {
      room: wish.room,
      form: frames,
      withEarlier: !wish.isAudit,
      frames,
      lag: (from, to) => new IoFrame('lag', { ...wish.label, from, to }),
      onRevoked: () => {
        this.#leave(wish.name);
        connection.send(new IoFrame('room_revoked', wish.label));
      },
      onRefused: (refusal) => {
        this.#leave(wish.name);
        connection.send(new IoFrame('room_refused', { ...wish.label, error: problem(refusal) }));
      },
    };
  }
}

export function refused(refusal: Refusal): Answer {
  return { ok: false, error: problem(refusal) };
}

function problem({ code, message, details }: Refusal): Problem {
  return { code, message, ...(details === undefined ? {} : { details }) };
}
