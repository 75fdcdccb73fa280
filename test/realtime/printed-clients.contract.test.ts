// The printed clients run as they are: only the address of the installation, and their token, is put in.
import { spawn, spawnSync } from 'node:child_process';
import { SourceTextModule, SyntheticModule, createContext, runInContext } from 'node:vm';
import type { Context } from 'node:vm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { EventSource } from 'eventsource';
import { eventually } from '../harness/eventually.ts';
import { isFullSize } from '../harness/fault-rounds.ts';
import { startLiveApi } from './live-api.ts';
import type { LiveApi } from './live-api.ts';
import { madeTenant } from './made-tenant.ts';
import type { MadeTenant } from './made-tenant.ts';
import { eventsInNode, eventsPage, namedEventsPage, sharePage, shareWatcherInPython } from './printed-clients.ts';

let api: LiveApi;
const open: (() => void)[] = [];
const sources: EventSource[] = [];
beforeAll(async () => {
  api = await startLiveApi();
});
afterEach(async () => {
  for (const close of open.splice(0)) close();
  sources.length = 0;
  await eventually(() => api.doors.connectionCount === 0);
});
afterAll(async () => {
  await api.end();
});

/** The share that the clients name. */
const share = 'shr_01J3K';
const hasWebsockets = spawnSync('python3', ['-c', 'import websockets']).status === 0;
if (!hasWebsockets) process.stderr.write('The printed Python client is not tried: this machine lacks the library `websockets`. `npm run faults` demands it.\n');
const python = hasWebsockets || isFullSize() ? it : it.skip;

async function tenantWithTheShare(): Promise<MadeTenant> {
  const tenant = await madeTenant(api, 'printed');
  await tenant.call(`/api/v1/directory/profiles/${share}`, { method: 'PUT', json: { type: 'share', name: 'Engineering', parent_id: 'wsp_1' } });
  await tenant.call(`/api/v1/directory/profiles/${share}/members/usr_m`, { method: 'PUT', json: { role: 'member' } });
  return tenant;
}

const update = (id: string, type: string) => ({ event_type: `file.${type}`, share_id: share, user_id: 'usr_x', resource_type: 'file', resource_id: id, change: { change_type: `${type}d`, new_path: '/Engineering/spec.pdf' } });

async function changeFiles({ call }: MadeTenant, changes: readonly unknown[]): Promise<void> {
  expect((await call('/api/v1/events', { method: 'POST', json: { events: changes } })).status).toBe(201);
}

/** What they all wait for is whatever comes after they listen. */
async function untilListening(count = 1): Promise<void> {
  // A stream is counted before it has its place in the log, and is answered after.
  await eventually(() => api.doors.connectionCount === count && sources.every(({ readyState }) => readyState === EventSource.OPEN));
}

/** A page as a browser gives it to its script; what is opened there is closed with the test. */
function page(globals: Readonly<Record<string, unknown>>): Context {
  class PageEventSource extends EventSource {
    constructor(address: string, options?: ConstructorParameters<typeof EventSource>[1]) {
      super(new URL(address, api.url), options);
      sources.push(this);
      open.push(() => {
        this.close();
      });
    }
  }
  class PageWebSocket extends WebSocket {
    constructor(address: string) {
      super(address);
      open.push(() => {
        this.close();
      });
    }
  }
  return createContext({ EventSource: PageEventSource, WebSocket: PageWebSocket, console, ...globals });
}

const socketAddress = (): string => api.url.replace('http', 'ws');
const withToken = (text: string, token: string): string => text.replaceAll('your-token', token);

describe('the clients of the UI socket', () => {
  it('when the page runs as printed, then it refreshes the rows of files that were updated', async () => {
    const tenant = await tenantWithTheShare();
    const refreshed: string[] = [];
    const context = page({ token: tenant.member, refreshFileRow: (id: string) => refreshed.push(id) });
    runInContext(sharePage.replace('wss://scaidrive.scailabs.ai', socketAddress()), context);
    await untilListening();
    await eventually(async () => {
      await changeFiles(tenant, [update('fil_1', 'create'), update('fil_2', 'update')]);
      return refreshed.length > 0;
    });

    expect(new Set(refreshed)).toEqual(new Set(['fil_2']));
  });

  python('when the Python client runs as printed, then it prints every frame with its data', async () => {
    const tenant = await tenantWithTheShare();
    const text = `token = "${tenant.member}"\n${shareWatcherInPython.replace('wss://scaidrive.scailabs.ai', socketAddress())}`;
    const child = spawn('python3', ['-u', '-c', text], { stdio: ['ignore', 'pipe', 'pipe'] });
    open.push(() => child.kill('SIGKILL'));
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part: string) => (printed += part));
    await eventually(() => printed.includes('subscribed None'), { limitMs: 15_000 });
    await changeFiles(tenant, [update('fil_1', 'update')]);
    await eventually(() => printed.includes('file_updated'));

    expect(printed.split('\n').map((line) => line.split(' ')[0]).filter((type) => type !== '')).toEqual(['connected', 'subscribed', 'file_updated']);
    expect(printed).toContain("'file_id': 'fil_1'");
  });
});

describe('the clients of the event stream', () => {
  const decision = { event_type: 'authz.permission_check', decision: 'permit', provider: 'openai', model: 'gpt-4', request_id: 'req-456' };

  it('when the page runs as printed, then it logs each event', async () => {
    const tenant = await tenantWithTheShare();
    const logged: unknown[][] = [];
    const said = { log: (...words: unknown[]) => logged.push(words), error: (...words: unknown[]) => logged.push(words) };
    runInContext(withToken(eventsPage, tenant.member), page({ console: said }));
    await untilListening();
    await changeFiles(tenant, [decision]);
    await eventually(() => logged.length > 0);

    expect(logged).toEqual([['Event:', { type: 'audit_log_created', data: { auditLogId: expect.any(Number), requestId: 'req-456', timestamp: expect.any(String), decision: 'permit', provider: 'openai', model: 'gpt-4' } }]]);
  });

  it('when the client for Node runs as printed, then its handler is called with each event', async () => {
    const tenant = await tenantWithTheShare();
    const handled: unknown[] = [];
    const context = page({ handled });
    // The handler is left to whoever takes it over; here it keeps what it was given.
    const text = withToken(eventsInNode, tenant.member).replace('http://localhost:3100', api.url).replace('// Handle event', 'handled.push(data);');
    const client = new SourceTextModule(text, { context });
    // The package had a default export when this was printed.
    await client.link(
      () =>
        new SyntheticModule(
          ['default'],
          function exportIt() {
            this.setExport('default', (context as { EventSource: unknown }).EventSource);
          },
          { context },
        ),
    );
    await client.evaluate();
    await untilListening();
    await changeFiles(tenant, [decision]);
    await eventually(() => handled.length > 0);

    expect(handled).toMatchObject([{ type: 'audit_log_created', data: { requestId: 'req-456' } }]);
  });

  it('when the page that listens by name asks for names, then it hears; without asking it cannot', async () => {
    const tenant = await tenantWithTheShare();
    const named: unknown[] = [];
    const unnamed: unknown[] = [];
    const text = withToken(namedEventsPage, tenant.member).replace('// Handle event', 'handled.push(data);');
    runInContext(text.replace('/api/events?', '/api/events?named=1&'), page({ handled: named }));
    runInContext(text, page({ handled: unnamed }));
    await untilListening(2);
    await changeFiles(tenant, [decision]);
    await eventually(() => named.length > 0);

    expect(named).toMatchObject([{ type: 'audit_log_created', data: { decision: 'permit' } }]);
    expect(unnamed).toEqual([]);
  });
});
