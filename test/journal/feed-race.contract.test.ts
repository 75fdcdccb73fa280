// The feed race: many writers, rollbacks, two processes, one of them killed; every reader sees everything once and in order. A bare sequence does not.
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { appendIn } from '../../db/journal/append-in.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { environmentFor, startApiProcess } from '../harness/processes.ts';
import type { ApiProcess } from '../harness/processes.ts';
import { randomFrom } from '../harness/random-from.ts';
import { testSeed } from '../harness/seed.ts';
import { startStopwatch } from '../harness/stopwatch.ts';
import { madeFacts } from './made-facts.ts';

const seed = testSeed();
const tenants = ['race-a', 'race-b', 'race-c'];
const writersPerTenant = 4;
const appendsPerWriter = 25;

let api: TestApi;
let environment: Record<string, string>;
let processes: ApiProcess[];

beforeAll(async () => {
  api = await startTestApi();
  for (const tenant of tenants) await api.makeTenant(tenant);
  environment = environmentFor({ ownerUrl: api.database.ownerUrl, appUrl: api.database.appUrl, temporalAddress: '127.0.0.1:1' });
  processes = await Promise.all([startApiProcess({ env: environment }), startApiProcess({ env: environment })]);
}, 60_000);
afterAll(async () => {
  await Promise.all(processes.map((one) => one.stop()));
  await api.end();
});

interface Ask {
  readonly token: string;
  readonly path: string;
  readonly body?: unknown;
  /** Of a process that is not killed; otherwise one of the others is chosen each time. */
  readonly at?: string;
}

/** Asks one of the processes until one answers: what was interrupted is asked again, with the same key or cursor. */
async function ask({ token, path, body, at }: Ask, random: () => number): Promise<unknown> {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    const url = at ?? (processes[Math.floor(random() * processes.length)] ?? api).url;
    try {
      const answer = await fetch(`${url}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(10_000),
      });
      if (answer.ok) return await answer.json();
      if (answer.status !== 503 && answer.status !== 429) throw new Refused(`${String(answer.status)} ${await answer.text()}`);
    } catch (error) {
      if (error instanceof Refused) throw error;
    }
    await pause(20);
  }
  throw new Error(`nobody answered ${path}`);
}

class Refused extends Error {}

describe('when many write at once in two processes, with rollbacks, and one process is killed', () => {
  it(`then every reader sees all that was acknowledged, once, in order (seed ${String(seed)})`, async () => {
    const acknowledged = new Map(tenants.map((tenant) => [tenant, new Set<string>()]));
    let writing = true;

    async function write(tenant: string, writer: number): Promise<void> {
      const random = randomFrom(seed + writer);
      const token = await tokenFor({ tenantId: tenant, scope: 'tenant:admin' });
      for (let index = 0; index < appendsPerWriter; index += 1) {
        const name = `${String(writer)}-${String(index)}`;
        if (random() < 0.1) {
          await rollBack(tenant, random);
          continue;
        }
        // Without a key nothing can be asked again: such calls, which take the short way into the log, go where nobody is killed.
        const keyed = random() < 0.5;
        const events = Array.from({ length: 1 + Math.floor(random() * 3) }, (_, part) => ({
          event_type: 'file.create', share_id: 'shr_1', resource_type: 'file', resource_id: `${name}-${String(part)}`, change: { change_type: 'created' },
          ...(keyed ? { idempotency_key: `${name}-${String(part)}` } : {}),
        }));
        const { results } = (await ask({ token, path: '/api/v1/events', body: { events }, ...(keyed ? {} : { at: api.url }) }, random)) as { results: { id: string }[] };
        for (const { id } of results) acknowledged.get(tenant)?.add(id.slice(4));
        await pause(random() * 6);
      }
    }

    /** A transaction that takes a place in the log, thinks about it, and takes it back. */
    async function rollBack(tenant: string, random: () => number): Promise<void> {
      const undone = inTenant(api.world.pool, tenant, async (client) => {
        await appendIn({ async query<Row>(text: string, values: readonly unknown[] = []) {
          return (await client.query({ text, values: [...values] })).rows as Row[];
        } }, tenant, [madeFacts({ id: randomBytes(13).toString('hex') })]);
        await pause(random() * 5);
        throw new Error('taken back');
      });
      await expect(undone).rejects.toThrow('taken back');
    }

    async function read(tenant: string, reader: number): Promise<string[]> {
      const random = randomFrom(seed + 1_000 + reader);
      const token = await tokenFor({ tenantId: tenant, scope: 'tenant:admin' });
      const wait = reader % 2 === 0 ? '' : '&wait=1';
      const seen: string[] = [];
      let cursor = '0';
      const giveUpAtMs = Date.now() + 40_000;
      for (;;) {
        // A process may hear of another's last append a moment late: the end is when all that was acknowledged was seen, and one page more.
        const last = (!writing && seen.length >= (acknowledged.get(tenant)?.size ?? 0)) || Date.now() > giveUpAtMs;
        const page = (await ask({ token, path: `/api/v1/sync/changes?cursor=${cursor}&limit=20${wait}` }, random)) as { changes: { id: string }[]; cursor: string; has_more: boolean };
        seen.push(...page.changes.map(({ id }) => id.slice(4)));
        cursor = page.cursor;
        if (last && page.changes.length === 0 && !page.has_more) return seen;
        if (page.changes.length === 0) await pause(3);
      }
    }

    async function killOne(): Promise<void> {
      await pause(400);
      const [victim, other] = processes;
      if (victim === undefined || other === undefined) throw new Error('both processes are needed');
      await victim.kill9();
      processes = [await startApiProcess({ env: environment }), other];
    }

    const readers = tenants.flatMap((tenant) => [0, 1].map((reader) => read(tenant, reader).then((seen) => ({ tenant, seen }))));
    const killing = killOne();
    await Promise.all(tenants.flatMap((tenant, place) => Array.from({ length: writersPerTenant }, (_, writer) => write(tenant, place * 100 + writer))));
    await killing;
    writing = false;

    for (const { tenant, seen } of await Promise.all(readers)) {
      const owner = new pg.Client({ connectionString: api.database.ownerUrl });
      await owner.connect();
      const { rows } = await owner.query<{ id: string; seq: string }>('SELECT id, seq FROM entry WHERE tenant_id = $1 ORDER BY seq', [tenant]);
      await owner.end();
      expect(rows.map(({ seq }) => Number(seq))).toEqual(rows.map((_, index) => index + 1));
      // The first entry of a tenant is its own creation, and no change.
      expect(seen).toEqual(rows.slice(1).map(({ id }) => id));
      expect(new Set(seen)).toEqual(acknowledged.get(tenant));
    }
  }, 60_000);
});

describe('when the cursor is a bare sequence, as a control', () => {
  it(`then the same race loses entries to its readers (seed ${String(seed)})`, async () => {
    const writers = tenants.length * writersPerTenant;
    const database = new pg.Pool({ connectionString: api.database.ownerUrl, max: writers + 4 });
    await database.query('CREATE TABLE naive_race (id bigserial PRIMARY KEY, name text)');
    const acknowledged = new Set<string>();
    let writing = true;

    async function write(writer: number): Promise<void> {
      const random = randomFrom(seed + writer);
      const client = await database.connect();
      for (let index = 0; index < appendsPerWriter; index += 1) {
        const name = `${String(writer)}-${String(index)}`;
        const isTakenBack = random() < 0.1;
        await client.query('BEGIN');
        await client.query('INSERT INTO naive_race (name) VALUES ($1)', [name]);
        await pause(random() * 5);
        await client.query(isTakenBack ? 'ROLLBACK' : 'COMMIT');
        if (!isTakenBack) acknowledged.add(name);
      }
      client.release();
    }

    async function read(): Promise<string[]> {
      const seen: string[] = [];
      for (let cursor = 0, last = false; ; ) {
        last = !writing;
        const { rows } = await database.query<{ id: string; name: string }>('SELECT id, name FROM naive_race WHERE id > $1 ORDER BY id LIMIT 20', [cursor]);
        seen.push(...rows.map(({ name }) => name));
        cursor = Number(rows.at(-1)?.id ?? cursor);
        if (last && rows.length === 0) return seen;
        if (rows.length === 0) await pause(3);
      }
    }

    const readers = Array.from({ length: 4 }, read);
    await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
    writing = false;
    const saw = await Promise.all(readers);
    await database.end();

    expect(Math.min(...saw.map(({ length }) => length))).toBeLessThan(acknowledged.size);
  }, 60_000);

  it('then a row that commits late is never seen by a reader that has gone past it', async () => {
    const database = new pg.Pool({ connectionString: api.database.ownerUrl, max: 6 });
    await database.query('CREATE TABLE naive_feed (id bigserial PRIMARY KEY, name text)');
    const acknowledged = new Set<string>();
    const seen: string[] = [];
    let cursor = 0;
    const read = async (): Promise<void> => {
      const { rows } = await database.query<{ id: string; name: string }>('SELECT id, name FROM naive_feed WHERE id > $1 ORDER BY id', [cursor]);
      for (const { id, name } of rows) {
        seen.push(name);
        cursor = Number(id);
      }
    };
    const slow = await database.connect();
    await slow.query('BEGIN');
    await slow.query("INSERT INTO naive_feed (name) VALUES ('slow')");
    await database.query("INSERT INTO naive_feed (name) VALUES ('quick')");
    acknowledged.add('quick');
    await read();
    await slow.query('COMMIT');
    acknowledged.add('slow');
    slow.release();
    await read();
    await database.end();

    expect([...acknowledged].filter((name) => !seen.includes(name))).toEqual(['slow']);
  });
});

describe('when another process has appended', () => {
  it('then a reader that waits here is told, half of the time within 100 ms', async () => {
    const [tenant] = tenants;
    const token = await tokenFor({ tenantId: tenant ?? '', scope: 'tenant:admin' });
    const [one, two] = processes;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const get = async (query: string) => (await (await fetch(`${String(one?.url)}/api/v1/sync/changes${query}`, { headers, signal: AbortSignal.timeout(20_000) })).json()) as { cursor: string; changes: { resource_id: string }[] };
    let { cursor } = await get('');
    const tookMs: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      const waiting = get(`?cursor=${cursor}&wait=15`);
      const event = { event_type: 'file.create', share_id: 'shr_1', resource_type: 'file', resource_id: `from-two-${String(round)}`, change: { change_type: 'created' } };
      await fetch(`${String(two?.url)}/api/v1/events`, { method: 'POST', headers, body: JSON.stringify(event), signal: AbortSignal.timeout(20_000) });
      const elapsedMs = startStopwatch();
      const told = await waiting;
      tookMs.push(elapsedMs());
      expect(told.changes.map(({ resource_id }) => resource_id)).toEqual([`from-two-${String(round)}`]);
      cursor = told.cursor;
    }

    expect(tookMs.sort((a, b) => a - b)[tookMs.length / 2]).toBeLessThan(100);
  });
});
