// A raw WebSocket as a wire.
import type { WebSocket } from 'ws';
import type { Ending } from '../hub/close-codes.ts';
import type { Wire } from '../hub/wire.ts';
import { QueueGauge } from './queue-gauge.ts';
import type { TextFrame } from './text-frame.ts';

/** A peer that does not answer the close is cut off after so long. */
const closeLimitMs = 2_000;
const asText = { binary: false } as const;
/** The protocol allows no longer reason. */
const reasonBytes = 123;

export function webSocketWire(socket: WebSocket): Wire<TextFrame> {
  const gauge = new QueueGauge();
  const sender = senderOf(socket);
  let unansweredPings = 0;
  const heard = (): void => {
    unansweredPings = 0;
  };
  socket.on('pong', heard);
  socket.on('message', heard);
  return {
    get queuedBytes() {
      return socket.bufferedAmount;
    },
    get queuedFrames() {
      return gauge.framesIn(socket.bufferedAmount);
    },
    get sentBytes() {
      return gauge.sentBytes;
    },
    get unansweredPings() {
      return unansweredPings;
    },
    send(frame) {
      if (socket.readyState !== socket.OPEN) return;
      gauge.note(frame.bytes.length);
      if (sender === null) socket.send(frame.bytes, asText);
      else sender.sendFrame(frame.webSocketFrame);
    },
    ping() {
      unansweredPings += 1;
      if (socket.readyState === socket.OPEN) socket.ping();
    },
    close: (ending) => {
      closeWebSocket(socket, ending);
    },
  };
}

interface FrameSender {
  sendFrame(parts: Buffer[]): void;
}

/** Takes finished frames, as Engine.IO gives it them, which saves a third of what a frame costs; null in a release of ws that has none. Right only while compression is off. */
function senderOf(socket: WebSocket): FrameSender | null {
  const sender: unknown = '_sender' in socket ? socket._sender : null;
  const takesFrames = typeof sender === 'object' && sender !== null && 'sendFrame' in sender && typeof sender.sendFrame === 'function';
  return takesFrames ? (sender as FrameSender) : null;
}

export function closeWebSocket(socket: WebSocket, { code, reason, retryAfterMs }: Ending): void {
  if (socket.readyState === socket.CLOSED) return;
  const cut = setTimeout(() => {
    socket.terminate();
  }, closeLimitMs);
  socket.once('close', () => {
    clearTimeout(cut);
  });
  socket.resume();
  socket.close(code, shortened(retryAfterMs === undefined ? reason : `${reason}; retry_after_ms=${String(retryAfterMs)}`));
}

function shortened(reason: string): string {
  return Buffer.from(reason).subarray(0, reasonBytes).toString().replace(/\uFFFD$/, '');
}
