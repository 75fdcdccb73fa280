// The way out: which addresses are reached, and how much of an answer is read.
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createGuardedFetch } from '../../activities/egress/guarded-fetch.ts';
import { isNetwork, mayReach } from '../../domain/egress/may-reach.ts';

let server: Server;
let port = 0;
let called = 0;
beforeAll(async () => {
  server = createServer((request, response) => {
    called += 1;
    if (request.url === '/redirect') response.writeHead(302, { location: '/elsewhere' }).end();
    else if (request.url === '/large') response.end('x'.repeat(100_000));
    else if (request.url === '/slow') response.write('begun');
    else response.end(`hello ${String(request.headers['x-name'])}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const at = (host: string, path = '/'): string => `http://${host}:${String(port)}${path}`;
const open = createGuardedFetch({ allowed: ['127.0.0.0/8'], mostBytes: 10_000 });

describe('when an address is judged', () => {
  it.each(['93.184.216.34', '2606:2800:220:1:248:1893:25c8:1946'])('then %s may be reached', (address) => {
    expect(mayReach(address, { allowed: [] })).toBe(true);
  });

  it.each(['127.0.0.1', '10.1.2.3', '172.16.0.1', '192.168.1.1', '169.254.169.254', '0.0.0.0', '100.64.0.1', '224.0.0.1', '255.255.255.255', '::1', '::', 'fe80::1', 'fc00::1', '::ffff:10.0.0.1', '64:ff9b::a00:1', 'nonsense', ''])(
    'then %s may not',
    (address) => {
      expect(mayReach(address, { allowed: [] })).toBe(false);
    },
  );

  it('then a network that was named is open, and no other', () => {
    expect(['10.1.2.3', '::ffff:10.1.2.3', '10.2.0.1', 'fc00::1'].map((address) => mayReach(address, { allowed: ['10.1.0.0/16'] }))).toEqual([true, true, false, false]);
    expect(['10.1.0.0/16', 'fc00::/7', '10.1.0.0', 'x/8', ''].map(isNetwork)).toEqual([true, true, false, false, false]);
  });
});

describe('when a call goes out', () => {
  it('then an allowed address answers', async () => {
    const answer = await open(at('127.0.0.1'), { headers: { 'x-name': 'Ann' } });

    expect([answer.status, await answer.text()]).toEqual([200, 'hello Ann']);
  });

  it.each(['127.0.0.1', 'localhost', '[::1]', '2130706433', '0x7f.1', '127.1'])('then %s is not spoken to unless it is allowed', async (host) => {
    const before = called;
    const closed = createGuardedFetch({ allowed: [], mostBytes: 10_000 });

    await expect(closed(at(host))).rejects.toThrow('HOLDFAST_EGRESS_ALLOW');
    expect(called).toBe(before);
  });

  it('then a redirect is an answer like any other', async () => {
    expect((await open(at('127.0.0.1', '/redirect'))).status).toBe(302);
  });

  it('then no more is read than was allowed', async () => {
    const answer = await open(at('127.0.0.1', '/large'));

    await expect(answer.text()).rejects.toThrow('10000 bytes');
  });

  it('then the signal ends it while the answer is being read as well', async () => {
    const leaving = new AbortController();
    const answer = await open(at('127.0.0.1', '/slow'), { signal: leaving.signal });
    const reading = answer.text();
    leaving.abort();

    await expect(reading).rejects.toThrow(/abort/i);
  });

  it('then other protocols are no way out', async () => {
    await expect(open('file:///etc/passwd')).rejects.toThrow('no way out');
  });
});
