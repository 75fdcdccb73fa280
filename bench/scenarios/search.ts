// Pages of the audit search over a log of a million entries and 84 months, each beside a bare Express route with the same SQL in the same transaction; and what recording and the limiter cost.
import { fillLog } from '../fill-log.ts';
import type { BenchInstallation } from '../installation.ts';
import { sendLoad } from '../load.ts';
import type { Comparison, Contender } from '../measure.ts';

const clients = 2;
const pagesPerRound = 60;
const entries = 1_000_000;
const months = 84;
/** A user may search so often, and no more: a page each of many measures the limiter, not its refusals. */
const users = 40;

interface SearchScenario {
  readonly name: string;
  readonly query: string;
  readonly floor: string;
  readonly oursIs: string;
  readonly floorIs: string;
}

type Made = Promise<{ comparison: Comparison; beside: readonly Comparison[]; end: () => Promise<void> }>;

/** A hundred events of one user: of months that hold sixty of theirs each. */
export function searchByFilter(installation: BenchInstallation): Made {
  return compareSearch(installation, {
    name: 'search-filter',
    query: filterQuery,
    floor: 'bench/floors/search-filter.ts',
    oursIs: 'the newest 100 events of a user and outcome',
    floorIs: 'the same condition, order and limit over the whole log',
  });
}

/** Eleven events in seven years: every month has to be asked. */
export function searchByText(installation: BenchInstallation): Made {
  return compareSearch(installation, {
    name: 'search-text',
    query: textQuery(entries),
    floor: 'bench/floors/search-text.ts',
    oursIs: 'a text that stands in eleven events',
    floorIs: 'the keys of the text over the whole log, and their rows',
  });
}

export const filterQuery = 'user_id=usr_7&outcome=success';

/** Of a log of so many entries (a power of ten) it finds eleven: report-12345 and report-123450 to report-123459, of a million. */
export function textQuery(ofEntries: number): string {
  return `q=Report-${'123456789'.slice(0, String(ofEntries).length - 2)}`;
}

async function compareSearch(installation: BenchInstallation, { name, query, floor, oursIs, floorIs }: SearchScenario): Made {
  const { ownerUrl, token } = installation;
  await fillLog({ ownerUrl, entries, months });
  const path = `/api/v1/enterprise/audit/events?${query}`;
  const tokens = await Promise.all(Array.from({ length: users }, (_, user) => installation.tokenOf(`usr_auditor_${String(user)}`)));
  const searching = (url: string): Contender => pagesOf(url, path, (index) => ({ authorization: `Bearer ${tokens[index % users] ?? token}` }));
  const bare = searching(await installation.startApi({ recording: 'off', rateLimits: 'off' }));
  const what = `GET /api/v1/enterprise/audit/events, ${oursIs}, ${String(clients)} clients`;
  const without = { unit: 'pages', floor: bare, floorIs: 'the same without it', target: null };
  return {
    comparison: {
      name,
      unit: 'pages',
      oursIs: `${what}; the limiter and the recording of reads off`,
      floorIs: `a bare Express route, one pipelined transaction under the same row security: ${floorIs}`,
      // At most one and a half times its time.
      target: 1 / 1.5,
      ours: bare,
      floor: pagesOf(await installation.startFloor(floor), '/', () => ({})),
    },
    beside: [
      { ...without, name: `${name}-recorded`, oursIs: `${what}; each reading recorded`, ours: searching(await installation.startApi({ recording: 'on', rateLimits: 'off' })) },
      { ...without, name: `${name}-limited`, oursIs: `${what}; each counted against the limits`, ours: searching(await installation.startApi({ recording: 'off', rateLimits: 'on' })) },
    ],
    end: () => Promise.resolve(),
  };
}

function pagesOf(url: string, path: string, headersOf: (index: number) => Record<string, string>): Contender {
  return {
    async round() {
      await sendLoad({ url, clients, requests: pagesPerRound, status: 200, request: (index) => ({ method: 'GET', path, headers: headersOf(index) }) });
      return pagesPerRound;
    },
  };
}
