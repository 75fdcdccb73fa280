// Pages of the audit search over a log of a million entries and 84 months, each beside a bare Express route with the same SQL in the same transaction.
import { fillLog } from '../fill-log.ts';
import type { BenchInstallation } from '../installation.ts';
import { sendLoad } from '../load.ts';
import type { Comparison } from '../measure.ts';

const clients = 2;
const pagesPerRound = 60;
const entries = 1_000_000;
const months = 84;

interface SearchScenario {
  readonly name: string;
  readonly query: string;
  readonly floor: string;
  readonly oursIs: string;
  readonly floorIs: string;
}

type Made = Promise<{ comparison: Comparison; end: () => Promise<void> }>;

/** A hundred events of one user: of months that hold sixty of theirs each. */
export function searchByFilter(installation: BenchInstallation): Made {
  return compareSearch(installation, {
    name: 'search-filter',
    query: 'user_id=usr_7&outcome=success',
    floor: 'bench/floors/search-filter.ts',
    oursIs: 'the newest 100 events of a user and outcome',
    floorIs: 'the same condition, order and limit over the whole log',
  });
}

/** Eleven events in seven years: every month has to be asked. */
export function searchByText(installation: BenchInstallation): Made {
  return compareSearch(installation, {
    name: 'search-text',
    query: 'q=Report-12345',
    floor: 'bench/floors/search-text.ts',
    oursIs: 'a text that stands in eleven events',
    floorIs: 'the keys of the text over the whole log, and their rows',
  });
}

async function compareSearch(installation: BenchInstallation, { name, query, floor, oursIs, floorIs }: SearchScenario): Made {
  const { apiUrl, ownerUrl, token } = installation;
  await fillLog({ ownerUrl, entries, months });
  const floorUrl = await installation.startFloor(floor);
  const get = (url: string, path: string, headers: Record<string, string>) => async () => {
    await sendLoad({ url, clients, requests: pagesPerRound, status: 200, request: () => ({ method: 'GET', path, headers }) });
    return pagesPerRound;
  };
  const comparison: Comparison = {
    name,
    unit: 'pages',
    oursIs: `GET /api/v1/enterprise/audit/events, ${oursIs}, ${String(clients)} clients; the limiter off, each reading recorded`,
    floorIs: `a bare Express route, one pipelined transaction under the same row security: ${floorIs}`,
    // At most one and a half times its time.
    target: 1 / 1.5,
    ours: { round: get(apiUrl, `/api/v1/enterprise/audit/events?${query}`, { authorization: `Bearer ${token}` }) },
    floor: { round: get(floorUrl, '/', {}) },
  };
  return { comparison, end: () => Promise.resolve() };
}
