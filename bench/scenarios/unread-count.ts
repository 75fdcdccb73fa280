// The unread count with 10,000 unread of a million entries, beside a bare count of these; and what a million unread cost, once, without a target.
import pg from 'pg';
import { fillLog } from '../fill-log.ts';
import type { BenchInstallation } from '../installation.ts';
import { sendLoad } from '../load.ts';
import type { Comparison } from '../measure.ts';

const entries = 1_000_000;
const unread = 10_000;
const clients = 2;
const countsPerRound = 40;

export async function unreadCount(installation: BenchInstallation): Promise<{ comparison: Comparison; end: () => Promise<void> }> {
  const { apiUrl, ownerUrl, token } = installation;
  const { lastSeq } = await fillLog({ ownerUrl, entries, months: 84 });
  const headers = { authorization: `Bearer ${token}` };
  const all = await count(apiUrl, headers);
  process.stdout.write(`unread-count: ${all.total.toLocaleString('en')} unread counted in ${all.ms.toFixed(0)} ms\n`);
  await acknowledgeBelow(ownerUrl, lastSeq - unread);
  const first = await count(apiUrl, headers);
  process.stdout.write(`unread-count: the first count after all but ${String(first.total)} were read took ${first.ms.toFixed(0)} ms\n`);
  if (first.total !== unread) throw new Error(`expected ${String(unread)} unread, not ${String(first.total)}`);
  const floorUrl = await installation.startFloor('bench/floors/unread-count.ts');

  const get = (url: string, path: string, own: Record<string, string>) => async () => {
    await sendLoad({ url, clients, requests: countsPerRound, status: 200, request: () => ({ method: 'GET', path, headers: own }) });
    return countsPerRound;
  };
  const comparison: Comparison = {
    name: 'unread-count',
    unit: 'counts',
    oursIs: `GET /current/events/unread/, 10,000 unread of 1,000,000, ${String(clients)} clients`,
    floorIs: 'a bare Express route that counts these 10,000 alone, under the same row security and visibility',
    // At most three times its time.
    target: 1 / 3,
    ours: { round: get(apiUrl, '/current/events/unread/', headers) },
    floor: { round: get(floorUrl, '/', {}) },
  };
  return { comparison, end: () => Promise.resolve() };
}

async function count(apiUrl: string, headers: Record<string, string>): Promise<{ total: number; ms: number }> {
  const startedMs = performance.now();
  const answer = await fetch(`${apiUrl}/current/events/unread/`, { headers, signal: AbortSignal.timeout(60_000) });
  const { response } = (await answer.json()) as { response: { total: number } };
  return { total: response.total, ms: performance.now() - startedMs };
}

/** As if the reader had acknowledged each of them: one bit for each. */
async function acknowledgeBelow(ownerUrl: string, throughSeq: number): Promise<void> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    await owner.query(
      `INSERT INTO ack_block SELECT 'demo', 'usr_bench', block, rpad(repeat('1', least(4096, $1::bigint - block * 4096)::int), 4096, '0')::bit(4096)
        FROM generate_series(0, ($1::bigint - 1) / 4096) AS block`,
      [throughSeq],
    );
    await owner.query('ANALYZE ack_block');
  } finally {
    await owner.end();
  }
}
