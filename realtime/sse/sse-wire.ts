// A response that never ends as a wire.
import type { ServerResponse } from 'node:http';
import type { Wire } from '../hub/wire.ts';
import { QueueGauge } from '../wire/queue-gauge.ts';
import type { TextFrame } from '../wire/text-frame.ts';
import { sseSays } from './sse-frames.ts';

/** A peer that does not take the end is cut off after so long. */
const closeLimitMs = 2_000;

export function sseWire(response: ServerResponse): Wire<TextFrame> {
  const gauge = new QueueGauge();
  return {
    get queuedBytes() {
      return response.writableLength;
    },
    get queuedFrames() {
      return gauge.framesIn(response.writableLength);
    },
    get sentBytes() {
      return gauge.sentBytes;
    },
    // Nobody answers a heartbeat; a peer that is gone is found by the connection itself.
    unansweredPings: 0,
    send({ bytes }) {
      gauge.note(bytes.length);
      response.write(bytes);
    },
    ping() {
      gauge.note(sseSays.heartbeat.length);
      response.write(sseSays.heartbeat);
    },
    close({ retryAfterMs }) {
      if (response.destroyed) return;
      const cut = setTimeout(() => {
        response.destroy();
      }, closeLimitMs);
      response.once('close', () => {
        clearTimeout(cut);
      });
      if (retryAfterMs !== undefined) response.write(sseSays.comeBack(retryAfterMs));
      response.end();
      // The connection is of no further use to a server that stops, and its client will want a new one anyway.
      response.socket?.end();
    },
  };
}
