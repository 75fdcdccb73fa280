// A Socket.IO socket as a wire. Its own heartbeat looks after peers that are gone.
import type { Socket } from 'socket.io';
import { closeCodes } from '../hub/close-codes.ts';
import type { Ending } from '../hub/close-codes.ts';
import type { Wire } from '../hub/wire.ts';
import { QueueGauge } from '../wire/queue-gauge.ts';
import type { IoFrame } from './io-frame.ts';

export function ioWire(socket: Socket): Wire<IoFrame> {
  const { conn } = socket;
  const gauge = new QueueGauge();
  /** Not handed to the transport yet: it writes one batch after the other. */
  let waitingBytes = 0;
  conn.on('flush', () => {
    waitingBytes = 0;
  });
  const queuedBytes = (): number => waitingBytes + bufferedAmountOf(conn.transport);
  return {
    get queuedBytes() {
      return queuedBytes();
    },
    get queuedFrames() {
      return gauge.framesIn(queuedBytes());
    },
    get sentBytes() {
      return gauge.sentBytes;
    },
    unansweredPings: 0,
    send(frame) {
      if (conn.readyState !== 'open') return;
      const { options, byteLength } = frame;
      gauge.note(byteLength);
      waitingBytes += byteLength;
      conn.write(frame.packet, options);
    },
    ping: () => undefined,
    close(ending) {
      sayWhy(socket, ending);
      // What waits for a reader that takes nothing is dropped; others get all of it first.
      if (ending.code === closeCodes.tooSlow) conn.close(true);
      else socket.disconnect(true);
    },
  };
}

/** This wire has no close codes: the last event tells. */
function sayWhy(socket: Socket, { code, reason, retryAfterMs }: Ending): void {
  if (code === closeCodes.shutdown) socket.emit('shutdown', { reason, retry_after_ms: retryAfterMs ?? 0 });
  else if (code === closeCodes.auth) socket.emit('session_revoked', { code, reason });
  else socket.emit('closing', { code, reason });
}

/** What the operating system has not taken; the transport keeps its socket to itself, and only WebSockets have one. */
function bufferedAmountOf(transport: object): number {
  const socket: unknown = 'socket' in transport ? transport.socket : undefined;
  if (typeof socket !== 'object' || socket === null || !('bufferedAmount' in socket)) return 0;
  return typeof socket.bufferedAmount === 'number' ? socket.bufferedAmount : 0;
}
