// ws /api/v1/realtime/ws: UIs subscribe to shares and get whole resources.
import { formatInstant } from '../../domain/shared/instant.ts';
import { producerId } from '../../domain/shared/ids.ts';
import { isRefusal, refuse, refuseFields } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { doorPages } from '../hub/door-pages.ts';
import type { Joined } from '../hub/hub.ts';
import { profileRoom } from '../hub/room.ts';
import type { Listener } from '../hub/subscription.ts';
import { nonEmpty } from '../wire/door-request.ts';
import type { DoorWorld } from '../wire/live-world.ts';
import type { TextFrame } from '../wire/text-frame.ts';
import type { OpenSocket, SocketTalk, WebSocketDoor } from '../wire/web-socket-door.ts';
import { uiFrames, uiSays } from './ui-frames.ts';

export function createUiDoor(world: Pick<DoorWorld, 'clock'>): WebSocketDoor {
  return {
    name: 'ui-ws',
    page: doorPages.ui,
    talk(open, { profileId }) {
      const { connection, principal } = open;
      connection.send(uiSays.connected(principal.userId, formatInstant(world.clock.nowMs() * 1000), connection.cursor));
      return Promise.resolve(new UiTalk({ open, onlyShareId: profileId }));
    },
  };
}

interface UiTalkParts {
  readonly open: OpenSocket;
  /** The one its ticket was made for; null where all are open that the user sees. */
  readonly onlyShareId: string | null;
}

class UiTalk implements SocketTalk {
  readonly #open: OpenSocket;
  readonly #onlyShareId: string | null;
  readonly #joined = new Map<string, Joined>();

  constructor({ open, onlyShareId }: UiTalkParts) {
    this.#open = open;
    this.#onlyShareId = onlyShareId;
  }

  async onMessage(message: Readonly<Record<string, unknown>>): Promise<void> {
    const { connection } = this.#open;
    switch (message['action'] ?? message['type']) {
      case 'ping':
        connection.send(uiSays.pong());
        return;
      case 'subscribe':
        await this.#subscribe(message['share_id'], message['cursor']);
        return;
      case 'unsubscribe':
        this.#unsubscribe(message['share_id']);
        return;
      default:
        connection.send(uiSays.error(message['share_id'], refuse('BAD_REQUEST', { message: 'Expected an action: subscribe, unsubscribe or ping.' })));
    }
  }

  async #subscribe(asked: unknown, cursor: unknown): Promise<void> {
    const { connection, request } = this.#open;
    const shareId = producerId.safeParse(asked);
    if (!shareId.success) {
      connection.send(uiSays.error(asked, refuseFields([{ field: 'share_id', expected: 'expected the id of a share' }])));
      return;
    }
    if (this.#onlyShareId !== null && this.#onlyShareId !== shareId.data) {
      connection.send(uiSays.error(shareId.data, refuse('FORBIDDEN', { message: 'This ticket is for one profile only.' })));
      return;
    }
    const from = nonEmpty(typeof cursor === 'string' ? cursor : request.query.get('cursor'));
    const joined = await connection.join({ listener: this.#listener(shareId.data), cursor: from });
    if (isRefusal(joined)) {
      connection.send(uiSays.error(shareId.data, joined));
      return;
    }
    // Subscribing again starts over from where the client says: frames come once, from the newer subscription.
    this.#joined.get(shareId.data)?.leave();
    this.#joined.set(shareId.data, joined);
    connection.send(uiSays.subscribed(shareId.data, joined.cursor));
    joined.start();
  }

  #unsubscribe(shareId: unknown): void {
    if (typeof shareId === 'string') {
      this.#joined.get(shareId)?.leave();
      this.#joined.delete(shareId);
    }
    this.#open.connection.send(uiSays.unsubscribed(shareId ?? null));
  }

  #listener(shareId: string): Listener<TextFrame> {
    const { connection } = this.#open;
    return {
      room: profileRoom({ type: 'share', id: shareId }),
      form: uiFrames,
      withEarlier: true,
      frames: uiFrames,
      lag: (from, to) => uiSays.lag(shareId, from, to),
      onRevoked: () => {
        this.#joined.delete(shareId);
        connection.send(uiSays.revoked(shareId));
      },
      onRefused: (refusal: Refusal) => {
        this.#joined.delete(shareId);
        connection.send(uiSays.error(shareId, refusal));
      },
    };
  }
}
