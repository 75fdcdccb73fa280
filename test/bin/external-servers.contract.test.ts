// `npm start` on servers that others keep: two installations share a database server without getting into each other's way, and each says which work waits for Temporal.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { freshPort, startInstallation } from '../harness/installation.ts';
import type { Started } from '../harness/installation.ts';
import { testServers } from '../harness/published-servers.ts';

const limitMs = 90_000;
const nobodyListens = '127.0.0.1:1';

interface Place {
  readonly name: string;
  readonly dataDir: string;
  readonly port: number;
  readonly started: Started;
}

const places: Place[] = [];
beforeAll(async () => {
  // The second changes roles, if it does, while the first one serves.
  for (const name of ['one', 'two']) {
    const place = await startAt(name);
    places.push(place);
    await place.started.says(/Ready: /);
  }
}, limitMs);
afterAll(async () => {
  for (const { started } of places) started.signal('SIGINT');
  await Promise.all(places.map(({ started }) => started.ended));
  for (const { name, dataDir } of places) {
    await asOwner(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}, limitMs);

async function startAt(kind: string): Promise<Place> {
  const name = `outside_${kind}_${randomBytes(4).toString('hex')}`;
  await asOwner(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  const url = new URL(testServers().serverUrl);
  url.pathname = `/${name}`;
  const dataDir = mkdtempSync(join(tmpdir(), 'holdfast-outside-'));
  chmodSync(dataDir, 0o711);
  const port = await freshPort();
  return { name, dataDir, port, started: startInstallation({ dataDir, port, servers: { DATABASE_URL: url.href, TEMPORAL_ADDRESS: nobodyListens } }) };
}

async function asOwner(statement: string): Promise<void> {
  const owner = new pg.Client({ connectionString: testServers().serverUrl, connectionTimeoutMillis: 10_000 });
  await owner.connect();
  await owner.query(statement).finally(() => owner.end());
}

function at({ port, started }: Place, path: string, init: RequestInit = {}): Promise<Response> {
  const [, token = ''] = /Bearer (\S+)'/.exec(started.printed()) ?? [];
  return fetch(`http://127.0.0.1:${String(port)}${path}`, { ...init, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, signal: AbortSignal.timeout(20_000) });
}

it('when a second one is started on another database of the same server, then both are served', async () => {
  const told = places.map((place) => at(place, '/api/v1/events', { method: 'POST', body: JSON.stringify({ event_type: 'file.open' }) }));
  expect((await Promise.all(told)).map(({ status }) => status)).toEqual([201, 201]);
});

it('when the servers are others’, then it says where they are, and no password', () => {
  for (const { name, started } of places) {
    expect(started.printed()).toMatch(new RegExp(`PostgreSQL +at [^ ]+/${name}, as DATABASE_URL says`));
    expect(started.printed()).toContain(`at ${nobodyListens}, as TEMPORAL_ADDRESS says`);
    expect(started.printed()).not.toContain(new URL(testServers().serverUrl).password);
  }
});

it('when Temporal does not answer, then the console and /readyz say which work waits, and work that is asked for is kept', async () => {
  const [place] = places;
  if (place === undefined) throw new Error('nothing was started');
  await place.started.says(/what waits: .*lockouts, summaries.*Everything else is served/);
  expect(await (await at(place, '/readyz')).json()).toMatchObject({ status: 'degraded', waiting: expect.arrayContaining(['checkpoint', 'lockout', 'summary']) });
  const asked = await at(place, '/api/v1/admin/jobs', { method: 'POST', body: JSON.stringify({ kind: 'checkpoint' }) });
  expect({ status: asked.status, job: await asked.json() }).toMatchObject({ status: 202, job: { kind: 'checkpoint', state: 'queued' } });
});
