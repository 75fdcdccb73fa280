// A page of 1,000 changes beside a bare Express route that sends on the text the bare SQL answers with.
import { uploadEvent } from '../entries.ts';
import type { BenchInstallation } from '../installation.ts';
import { sendLoad } from '../load.ts';
import type { Comparison } from '../measure.ts';

const clients = 4;
// With eighty of them a third of the rounds was spent by the compiler, which has a longer way to get to know here than in the floor.
const pagesPerRound = 320;
const pages = 10;

export async function changesPage(installation: BenchInstallation): Promise<{ comparison: Comparison; end: () => Promise<void> }> {
  const { apiUrl, token } = installation;
  const headers = { authorization: `Bearer ${token}` };
  await fill(apiUrl, token);
  const cursors = await walk(apiUrl, token);
  const floorUrl = await installation.startFloor('bench/floors/changes-page.ts');

  const get = (url: string, path: (index: number) => string, own: Record<string, string>) => async () => {
    await sendLoad({ url, clients, requests: pagesPerRound, status: 200, request: (index) => ({ method: 'GET', path: path(index), headers: own }) });
    return pagesPerRound;
  };
  const comparison: Comparison = {
    name: 'changes-page',
    unit: 'pages',
    oursIs: `GET /api/v1/sync/changes, 1,000 rows a page, ${String(clients)} clients`,
    floorIs: 'a bare Express route that sends on the text of the same SQL, as the owner of the table',
    target: 0.8,
    ours: { round: get(apiUrl, (index) => `/api/v1/sync/changes?cursor=${cursors[index % cursors.length] ?? '0'}&limit=1000`, headers) },
    floor: { round: get(floorUrl, (index) => `/?after=${String((index % cursors.length) * 1000)}`, {}) },
  };
  return { comparison, end: () => Promise.resolve() };
}

async function fill(apiUrl: string, token: string): Promise<void> {
  const lines = Array.from({ length: 1_000 }, (_, index) => JSON.stringify(uploadEvent(index))).join('\n');
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' };
  await sendLoad({ url: apiUrl, clients: 1, requests: pages + 1, status: 201, request: () => ({ method: 'POST', path: '/api/v1/events', headers, body: lines }) });
}

/** The cursors before each of the first pages. */
async function walk(apiUrl: string, token: string): Promise<string[]> {
  const cursors = ['0'];
  while (cursors.length < pages) {
    const answer = await fetch(`${apiUrl}/api/v1/sync/changes?cursor=${cursors.at(-1) ?? '0'}&limit=1000`, { headers: { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(20_000) });
    const { cursor } = (await answer.json()) as { cursor: string };
    cursors.push(cursor);
  }
  return cursors;
}
