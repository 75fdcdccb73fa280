// What a process holds open: noted before something starts, and asked again after it ended.
import type { Server } from 'node:http';
import { expect } from '@jest/globals';
import { eventually } from '../harness/eventually.ts';

export interface Held {
  /** Until no more sockets and timers keep the process than when it was noted; what a peer closes takes a moment. */
  isLetGo(): Promise<void>;
}

const kinds = ['TCPSocketWrap', 'TCPServerWrap', 'Timeout', 'Immediate'] as const;

export function noteHeld(): Held {
  const before = heldNow();
  return {
    async isLetGo() {
      await eventually(() => {
        const now = heldNow();
        expect(kinds.filter((kind) => now[kind] > before[kind]).map((kind) => [kind, before[kind], now[kind]])).toEqual([]);
      }, { limitMs: 10_000 });
    },
  };
}

/** How many listen to each event of the server. */
export function listenersOf(server: Server): Readonly<Record<string, number>> {
  return Object.fromEntries(server.eventNames().map((event) => [String(event), server.listenerCount(event)]).sort());
}

function heldNow(): Readonly<Record<(typeof kinds)[number], number>> {
  const active = process.getActiveResourcesInfo();
  const counted = (kind: string): number => active.filter((name) => name === kind).length;
  return { TCPSocketWrap: counted('TCPSocketWrap'), TCPServerWrap: counted('TCPServerWrap'), Timeout: counted('Timeout'), Immediate: counted('Immediate') };
}
