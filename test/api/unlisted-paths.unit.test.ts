// Guards that what no route answers is answered in the words of the dialect that is at home there, over the real list.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { routes } from '../../api/routes.ts';
import { startApi } from '../../api/start-api.ts';
import type { RunningApi } from '../../api/start-api.ts';
import { createFakeWorld } from './fake-world.ts';
import { bodyOf } from './with-api.ts';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi({ host: '127.0.0.1', port: 0, world: createFakeWorld(), routes, checkReplies: true, corsOrigins: ['https://console.example'] });
});
afterAll(() => api.stop());

const headers = { 'x-request-id': 'r1' };
const words = {
  v1: (code: string, message: string) => ({ detail: message, error: { code, message }, meta: { request_id: 'r1' } }),
  api: (code: string, message: string) => ({ error: message, code, requestId: 'r1' }),
  current: (code: number, text: string) => ({ result: 'no', error: { code, text } }),
};
const nothing = 'There is nothing here.';

describe('where no route stands', () => {
  it.each([
    ['/api', words.api('NOT_FOUND', nothing)],
    ['/api/nothing', words.api('NOT_FOUND', nothing)],
    ['/api/%ff', words.api('NOT_FOUND', nothing)],
    ['/api/audit/nothing', words.api('NOT_FOUND', nothing)],
    ['/api/internal-audit-logs/nothing', words.api('NOT_FOUND', nothing)],
    ['/api/v1nothing', words.api('NOT_FOUND', nothing)],
    ['/api/v1', words.v1('NOT_FOUND', nothing)],
    ['/api/v1/nothing', words.v1('NOT_FOUND', nothing)],
    ['/nothing', words.v1('NOT_FOUND', nothing)],
    ['/currently', words.v1('NOT_FOUND', nothing)],
    ['/current', words.current(1609, nothing)],
    ['/current/nothing', words.current(1609, nothing)],
    ['/api/websocket/nothing', words.current(1609, nothing)],
  ])('when %s is asked for, then the dialect at home there says so', async (path, said) => {
    const answer = await fetch(api.url + path, { headers });

    expect([answer.status, await bodyOf(answer)]).toEqual([404, said]);
  });

  it.each([
    ['/api/v1/admin/sessions/%ff/revoke', words.v1('BAD_REQUEST', 'The path is not percent-encoded UTF-8.')],
    ['/current/event/%ff/details/', words.current(1605, 'The path is not percent-encoded UTF-8.')],
  ])('when %s cannot be read, then so does what is wrong with it', async (path, said) => {
    const answer = await fetch(api.url + path, { headers });

    expect([answer.status, await bodyOf(answer)]).toEqual([400, said]);
  });
});

describe('where a route stands, and the method is another', () => {
  it.each([
    ['DELETE', '/api/audit', 405, 'GET, HEAD, OPTIONS', words.api('METHOD_NOT_ALLOWED', 'This path accepts GET, HEAD, OPTIONS.')],
    ['POST', '/api/health', 405, 'GET, HEAD, OPTIONS', words.api('METHOD_NOT_ALLOWED', 'This path accepts GET, HEAD, OPTIONS.')],
    ['PUT', '/api/v1/events', 405, 'POST, OPTIONS', words.v1('METHOD_NOT_ALLOWED', 'This path accepts POST, OPTIONS.')],
    ['POST', '/current/events/search/', 400, 'GET, HEAD, OPTIONS', words.current(1651, 'This path accepts GET, HEAD, OPTIONS.')],
  ])('when it is %s %s, then the methods there are stand in the words of its dialect', async (method, path, status, allow, said) => {
    const answer = await fetch(api.url + path, { method, headers });

    expect([answer.status, answer.headers.get('allow'), await bodyOf(answer)]).toEqual([status, allow, said]);
  });
});

describe('at a live door', () => {
  const only = 'This path accepts GET, OPTIONS.';

  it.each([
    ['POST', '/api/events', 405, words.api('METHOD_NOT_ALLOWED', only)],
    ['DELETE', '/api/events/', 405, words.api('METHOD_NOT_ALLOWED', only)],
    ['POST', '/api/v1/realtime/ws', 405, words.v1('METHOD_NOT_ALLOWED', only)],
    ['PUT', '/api/v1/sync/ws/dev_1', 405, words.v1('METHOD_NOT_ALLOWED', only)],
    ['POST', '/api/websocket/', 400, words.current(1651, only)],
  ])('when it is asked by %s %s, then it says that it takes GET', async (method, path, status, said) => {
    const answer = await fetch(api.url + path, { method, headers });

    expect([answer.status, answer.headers.get('allow'), await bodyOf(answer)]).toEqual([status, 'GET, OPTIONS', said]);
  });

  it.each([
    ['/api/v1/realtime/ws', { detail: expect.stringContaining('WebSocket') }],
    ['/api/v1/sync/ws/dev_1', { detail: expect.stringContaining('WebSocket') }],
    ['/api/websocket/', { result: 'no', error: { code: 1605, text: expect.stringContaining('WebSocket') } }],
  ])('when %s is asked for without an upgrade, then it says that it is a WebSocket', async (path, said) => {
    const answer = await fetch(api.url + path, { headers });

    expect([answer.status, answer.headers.get('upgrade')]).toEqual([400, 'websocket']);
    expect(await bodyOf(answer)).toMatchObject(said);
  });

  it('when the stream is asked for and nobody serves it, then it is to be asked for again', async () => {
    const answer = await fetch(`${api.url}/api/events`, { headers });

    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
  });

  it('when a page of a listed origin asks whether it may send its token, then it may', async () => {
    const answer = await fetch(`${api.url}/api/events`, { method: 'OPTIONS', headers: { origin: 'https://console.example', 'access-control-request-method': 'GET' } });

    expect([answer.status, answer.headers.get('allow'), answer.headers.get('access-control-allow-methods')]).toEqual([204, 'GET, OPTIONS', 'GET, OPTIONS']);
    expect(answer.headers.get('access-control-allow-headers')).toContain('Last-Event-ID');
  });
});
