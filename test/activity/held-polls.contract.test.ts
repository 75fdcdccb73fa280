// Guards what a held poll costs: a timer and a place, no statement; many at once, all woken, all let go, nothing left behind.
import { Agent, request } from 'node:http';
import type { ClientRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { eventually } from '../harness/eventually.ts';
import { isFullSize } from '../harness/fault-rounds.ts';

/** The full proof is 5 times as many; each is two open files of this process. */
const many = isFullSize() ? 5_000 : 1_000;
const tenantId = 'held';
let api: TestApi;
let admin: string;
let agent: Agent;
beforeAll(async () => {
  api = await startTestApi();
  agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY });
  await api.makeTenant(tenantId);
  admin = await tokenFor({ tenantId, scope: 'tenant:admin' });
  for (const id of ['shr_a', 'shr_b']) await api.call(`/api/v1/directory/profiles/${id}`, { method: 'PUT', token: admin, json: { type: 'share', name: id } });
});
afterAll(async () => {
  agent.destroy();
  await api.end();
});

interface Held {
  readonly client: ClientRequest;
  readonly answer: Promise<{ readonly results: number; readonly activity: unknown } | 'cut'>;
}

function hold(path: string): Held {
  const client = request(`${api.url}/current/activity/poll/${path}`, { agent, headers: { authorization: `Bearer ${admin}` } });
  const answer = new Promise<{ results: number; activity: unknown } | 'cut'>((resolve) => {
    client.on('response', (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        resolve((JSON.parse(Buffer.concat(parts).toString()) as { response: { results: number; activity: unknown } }).response);
      });
    });
    client.on('error', () => {
      resolve('cut');
    });
  });
  client.end();
  return { client, answer };
}

async function holdMany(path: string, count: number): Promise<Held[]> {
  const before = api.world.activity.held;
  const held: Held[] = [];
  // Not all at once: more connections than the listener's backlog would be tried again only after a second.
  for (let index = 0; index < count; index += 1) {
    held.push(hold(path));
    if (index % 200 === 199) await eventually(() => api.world.activity.held === before + held.length, { limitMs: 20_000 });
  }
  await eventually(() => api.world.activity.held === before + count, { limitMs: 20_000 });
  return held;
}

const write = (entry: unknown) => api.call('/api/v1/events', { method: 'POST', token: admin, json: entry });

/** Statements of the application on this database, by what the server itself counted: transactions that ended. */
async function transactions(owner: pg.Client): Promise<number> {
  await owner.query('SELECT pg_stat_clear_snapshot()');
  const { rows } = await owner.query<{ ended: string }>('SELECT xact_commit + xact_rollback AS ended FROM pg_stat_database WHERE datname = current_database()');
  return Number(rows[0]?.ended ?? 0);
}

describe('when many polls are held', () => {
  it(`then ${String(many)} of them ask the database nothing, answer when their field changes, and those of another share stay`, async () => {
    const staying = await holdMany('shr_b/?wait=95&updated=1', 50);
    const waiting = await holdMany('shr_a/?wait=95&updated=1&fields=storage', many);
    const { pool } = api.world;
    const connect = jest.spyOn(pool, 'connect');
    const owner = new pg.Client({ connectionString: api.database.ownerUrl });
    await owner.connect();
    try {
      // The tail goes on asking for the heads, once per round for all of them together.
      const [before, startedAtMs] = [await transactions(owner), performance.now()];
      await write({ event_type: 'file.create', share_id: 'shr_b', activity: ['settings'] });
      await Promise.all(staying.map(({ answer }) => answer));
      expect(connect).not.toHaveBeenCalled();
      const rounds = (performance.now() - startedAtMs) / 10;
      expect((await transactions(owner)) - before).toBeLessThan(rounds + 50);

      const wroteAtMs = performance.now();
      await write({ event_type: 'file.create', share_id: 'shr_a', activity: ['storage:fil_1'] });
      const answers = await Promise.all(waiting.map(({ answer }) => answer));
      const tookMs = performance.now() - wroteAtMs;

      expect(answers.filter((answer) => answer !== 'cut' && answer.results === 1)).toHaveLength(many);
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      // The rights of one user are asked for at most once by all of them, and nothing else.
      expect(connect.mock.calls.length).toBeLessThanOrEqual(2);
      expect(api.world.activity.held).toBe(0);
      // The same spy sees a poll that does ask: for all that is known.
      connect.mockClear();
      await hold('shr_a/').answer;
      expect(connect).toHaveBeenCalled();
      process.stderr.write(`held ${String(many)}: all answered ${tookMs.toFixed(0)} ms after the write\n`);
    } finally {
      connect.mockRestore();
      await owner.end();
    }
  });

  it('then those that are cut free their places at once, and memory does not grow by rounds of them', async () => {
    const rounds = 3;
    const count = Math.min(many, 500);
    const used: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const held = await holdMany('shr_a/?wait=95&updated=1', count);
      const cutAtMs = performance.now();
      for (const { client } of held) client.destroy();
      await eventually(() => api.world.activity.held === 0);
      expect(performance.now() - cutAtMs).toBeLessThan(2_000);
      expect(await Promise.all(held.map(({ answer }) => answer))).toEqual(Array.from({ length: count }, () => 'cut'));
      used.push(process.memoryUsage().heapUsed);
    }

    const [first = 0, last = 0] = [used[0], used.at(-1)];
    expect(last - first).toBeLessThan(64 * 1024 * 1024);
  });
});
