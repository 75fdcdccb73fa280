// A page of the feed behind an offset of 100,000, over a log of a million entries and 84 months, beside the bare deferred join.
import { fillLog } from '../fill-log.ts';
import type { BenchInstallation } from '../installation.ts';
import { sendLoad } from '../load.ts';
import type { Comparison } from '../measure.ts';

const clients = 2;
const pagesPerRound = 20;

export async function feedOffset(installation: BenchInstallation): Promise<{ comparison: Comparison; end: () => Promise<void> }> {
  const { apiUrl, ownerUrl, token } = installation;
  await fillLog({ ownerUrl, entries: 1_000_000, months: 84 });
  const floorUrl = await installation.startFloor('bench/floors/feed-offset.ts');
  const get = (url: string, path: string, headers: Record<string, string>) => async () => {
    await sendLoad({ url, clients, requests: pagesPerRound, status: 200, request: () => ({ method: 'GET', path, headers }) });
    return pagesPerRound;
  };
  const comparison: Comparison = {
    name: 'feed-offset',
    unit: 'pages',
    oursIs: `GET /current/events/search/, offset 100,000 of 500,000, 100 a page, terse, ${String(clients)} clients`,
    floorIs: 'a bare Express route with the deferred join alone, under the same row security and visibility',
    // At most one and a half times its time.
    target: 1 / 1.5,
    ours: { round: get(apiUrl, '/current/events/search/?workspace_id=ws_0&limit=100&offset=100000&output=terse', { authorization: `Bearer ${token}` }) },
    floor: { round: get(floorUrl, '/', {}) },
  };
  return { comparison, end: () => Promise.resolve() };
}
