// The end of the listener, and of a client: who waits is told, who works may finish, nobody waits for ever.
import { once } from 'node:events';
import { connect } from 'node:net';
import { request } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineRoute } from '../../api/route/define-route.ts';
import type { Route } from '../../api/route/define-route.ts';
import { ShuttingDown } from '../../api/route/open-waits.ts';
import { until, withApi } from './with-api.ts';

/** A route whose handler goes on until the test lets it. */
function held({ heedsSignal }: { readonly heedsSignal: boolean }): {
  readonly route: Route;
  readonly signals: AbortSignal[];
  release(): void;
} {
  const signals: AbortSignal[] = [];
  const gate = Promise.withResolvers<undefined>();
  const route = defineRoute({
    method: 'GET',
    path: '/api/v1/held',
    summary: 'Held',
    tag: 'held',
    access: 'public',
    reply: z.strictObject({ ended_by: z.string() }),
    refusals: [],
    handle: async ({ signal }) => {
      signals.push(signal);
      const ended = heedsSignal ? Promise.race([gate.promise, once(signal, 'abort')]) : gate.promise;
      await ended;
      return { ended_by: signal.aborted ? 'signal' : 'itself' };
    },
  });
  return {
    route,
    signals,
    release: () => {
      gate.resolve(undefined);
    },
  };
}

describe('stopping', () => {
  it('when a long-poll waits, then it is told and still answers, and the stop does not wait for its limit', async () => {
    const { route, signals } = held({ heedsSignal: true });
    await withApi({ routes: [route], stopLimitMs: 60_000 }, async ({ url, stop }) => {
      const answer = fetch(`${url}/api/v1/held`);
      await until(() => signals.length === 1);

      await stop();

      expect(await (await answer).json()).toEqual({ ended_by: 'signal' });
      expect(signals[0]?.reason).toBeInstanceOf(ShuttingDown);
    });
  });

  it('when a request works, then it may finish, and its connection ends with it', async () => {
    const { route, signals, release } = held({ heedsSignal: false });
    await withApi({ routes: [route], stopLimitMs: 60_000 }, async ({ url, stop }) => {
      const answer = fetch(`${url}/api/v1/held`);
      await until(() => signals.length === 1);

      const stopped = stop();
      release();
      const response = await answer;

      expect([response.status, response.headers.get('connection')]).toEqual([200, 'close']);
      await stopped;
    });
  });

  it('when a request never ends, then it is cut at the limit', async () => {
    const { route, signals, release } = held({ heedsSignal: false });
    await withApi({ routes: [route], stopLimitMs: 100 }, async ({ url, stop }) => {
      const outcome = fetch(`${url}/api/v1/held`).then(
        () => 'answered',
        () => 'cut',
      );
      await until(() => signals.length === 1);

      await stop();

      expect(await outcome).toBe('cut');
      release();
    });
  });

  it('when it has begun, then no new connection is taken, and a second stop waits for the same end', async () => {
    await withApi({ routes: [] }, async ({ url, port, stop }) => {
      await (await fetch(url)).text();
      await Promise.all([stop(), stop()]);

      const socket = connect(port, '127.0.0.1');
      await expect(once(socket, 'connect')).rejects.toThrow(/ECONNREFUSED/);
    });
  });

  it('when clients keep idle connections, then they are closed', async () => {
    await withApi({ routes: [], stopLimitMs: 60_000 }, async ({ port, stop }) => {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      await once(socket, 'data');
      const closed = once(socket, 'close');

      await stop();

      await closed;
    });
  });
});

describe('a client that goes away', () => {
  it('when it closes while its request waits, then the signal is aborted and the log says that nobody was there', async () => {
    const { route, signals } = held({ heedsSignal: true });
    await withApi({ routes: [route] }, async ({ url, world }) => {
      const asking = request(`${url}/api/v1/held`).on('error', () => undefined);
      asking.end();
      await until(() => signals.length === 1);

      asking.destroy();
      await until(() => world.logLines.some((line) => line.includes('"status":499')));

      expect(signals[0]?.aborted).toBe(true);
      expect(signals[0]?.reason).toMatchObject({ name: 'AbortError' });
      expect(world.logLines.join()).not.toContain('request failed');
    });
  });

  it('when it closes in the middle of its body, then nothing is handled and nothing fails', async () => {
    let handled = 0;
    const take = defineRoute({
      method: 'POST',
      path: '/api/v1/take',
      summary: 'Take',
      tag: 'held',
      access: 'public',
      body: z.strictObject({ text: z.string() }),
      reply: z.strictObject({}),
      refusals: [],
      handle: () => {
        handled += 1;
        return {};
      },
    });
    await withApi({ routes: [take] }, async ({ port, world }) => {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      socket.write('POST /api/v1/take HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"text": "');
      await until(() => socket.bytesWritten > 100);
      socket.destroy();

      await until(() => world.logLines.some((line) => line.includes('"status":499')));
      expect(handled).toBe(0);
      expect(world.logLines.join()).not.toContain('request failed');
    });
  });

  it('when it stays, then an answered request leaves nothing waiting', async () => {
    const { route, signals, release } = held({ heedsSignal: true });
    await withApi({ routes: [route] }, async ({ url }) => {
      release();
      await (await fetch(`${url}/api/v1/held`)).text();

      expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    });
  });
});
