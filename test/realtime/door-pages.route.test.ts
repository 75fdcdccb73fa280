// Every live door has its page in the document, and every page its door.
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { doorPages, pathReader } from '../../realtime/hub/door-pages.ts';
import { startLiveApi } from './live-api.ts';
import type { LiveApi } from './live-api.ts';

let api: LiveApi;
beforeAll(async () => {
  api = await startLiveApi();
});
afterAll(async () => {
  await api.end();
});

/** What a WebSocket client asks first; only the status of the answer is looked at. */
function statusOf(path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(`${api.url}${path}`, { agent: false, headers });
    asked.on('upgrade', (answer, socket) => {
      socket.destroy();
      resolve(answer.statusCode ?? 0);
    });
    asked.on('response', (answer) => {
      answer.destroy();
      resolve(answer.statusCode ?? 0);
    });
    asked.on('error', reject);
    asked.end();
  });
}

const upgrading = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==' };
const concrete = (path: string): string => path.replace(/\{[a-z_]+\}/, 'dev_1');

describe('the pages of the live doors', () => {
  it('when the document is asked for, then each door stands in it with every answer it gives', async () => {
    const document = (await (await fetch(`${api.url}/openapi.json`)).json()) as { paths: Record<string, { get?: { summary: string; responses: Record<string, unknown> } }> };

    for (const { path, summary, answers } of Object.values(doorPages)) {
      expect(document.paths[path]?.get?.summary).toBe(summary);
      expect(Object.keys(document.paths[path]?.get?.responses ?? {})).toEqual(Object.keys(answers));
    }
  });

  it.each([doorPages.sync, doorPages.ui, doorPages.current])('when $path is asked to be a WebSocket, then it is one', async ({ path }) => {
    expect(await statusOf(concrete(path), upgrading)).toBe(101);
  });

  it('when the other doors are asked for, then they answer as their pages say', async () => {
    expect(await statusOf(doorPages.events.path, {})).toBe(401);
    expect(await statusOf(`${doorPages.socketIo.path}?EIO=4&transport=websocket`, upgrading)).toBe(101);
    expect(await statusOf(`${doorPages.socketIo.path}?EIO=4&transport=polling`, {})).toBe(200);
    expect(await statusOf(doorPages.socketIo.path, {})).toBe(400);
  });

  it.each([doorPages.events, doorPages.sync, doorPages.ui])('when $path is asked by another method, then it says that it takes GET', async ({ path }) => {
    const answer = await fetch(`${api.url}${concrete(path)}`, { method: 'POST' });

    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, OPTIONS']);
  });

  it.each(['/', '/api/v1/sync/ws', '/api/v1/sync/ws/a/b', '/api/v1/realtime', '/api/websocket/more', '/api/eventsource'])('when an upgrade is asked for at %s, which has no page, then there is nothing', async (path) => {
    expect(Object.values(doorPages).map((page) => pathReader(page)(path))).toEqual(Object.values(doorPages).map(() => null));
    expect(await statusOf(path, upgrading)).toBe(404);
  });
});
