// A log of many millions beside a small one, each in an installation of its own: what a page of the audit search takes in the middle.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fillLog } from './fill-log.ts';
import { startBenchInstallation } from './installation.ts';
import type { BenchInstallation } from './installation.ts';
import { sendLoad } from './load.ts';
import { median } from './measure.ts';
import { filterQuery, textQuery } from './scenarios/search.ts';

export interface LargeMeasured {
  readonly name: string;
  readonly entries: number;
  readonly smallEntries: number;
  readonly p50Ms: number;
  readonly smallP50Ms: number;
  /** How much longer a page of the large log takes. */
  readonly ratio: number;
  readonly target: number;
  readonly pages: number;
}

const months = 84;
const smallEntries = 100_000;
const pagesPerRound = 40;

export interface LargeAsked {
  readonly entries: number;
  readonly rounds: number;
  /** A folder for both logs: filled once, they are measured as often as one likes. */
  readonly keptIn?: string;
  readonly say: (line: string) => void;
}

export async function measureLarge({ entries, rounds, keptIn, say }: LargeAsked): Promise<LargeMeasured[]> {
  const inFolder = (ofEntries: number) => (keptIn === undefined ? {} : { keptIn: resolve(keptIn, String(ofEntries)) });
  const small = await filled({ entries: smallEntries, say, ...inFolder(smallEntries) });
  try {
    const large = await filled({ entries, say, ...inFolder(entries) });
    try {
      return [
        await measure({ name: 'search-filter-large', large, small, rounds, queryOf: () => filterQuery }),
        await measure({ name: 'search-text-large', large, small, rounds, queryOf: textQuery }),
      ];
    } finally {
      await large.installation.stop();
    }
  } finally {
    await small.installation.stop();
  }
}

interface FilledLog {
  readonly installation: BenchInstallation;
  readonly url: string;
  readonly entries: number;
}

async function filled({ entries, keptIn, say }: Pick<LargeAsked, 'entries' | 'keptIn' | 'say'>): Promise<FilledLog> {
  const isThere = keptIn !== undefined && isFilledNow(keptIn);
  const installation = await startBenchInstallation(keptIn === undefined ? {} : { keptIn });
  try {
    if (!isThere) {
      const begunAt = performance.now();
      await fillLog({ ownerUrl: installation.ownerUrl, entries, months });
      say(`a log of ${entries.toLocaleString('en')} entries, filled in ${String(Math.round((performance.now() - begunAt) / 1000))} s`);
      if (keptIn !== undefined) writeFileSync(markIn(keptIn), thisMonth());
    }
    return { installation, entries, url: await installation.startApi({ recording: 'off', rateLimits: 'off' }) };
  } catch (error) {
    await installation.stop();
    throw error;
  }
}

/** A log whose open month is over is another one than was filled, and so is one whose filling was interrupted. */
function isFilledNow(folder: string): boolean {
  if (!existsSync(folder)) return false;
  if (existsSync(markIn(folder)) && readFileSync(markIn(folder), 'utf8') === thisMonth()) return true;
  throw new Error(`the log in ${folder} was not filled to its end, or not in this month: remove the folder, and it is filled anew`);
}

function markIn(folder: string): string {
  return join(folder, 'filled-in');
}

function thisMonth(): string {
  return new Date().toISOString().slice(0, 7);
}

interface LargeScenario {
  readonly name: string;
  readonly large: FilledLog;
  readonly small: FilledLog;
  readonly rounds: number;
  readonly queryOf: (entries: number) => string;
}

async function measure({ name, large, small, rounds, queryOf }: LargeScenario): Promise<LargeMeasured> {
  const times = { large: [] as number[], small: [] as number[] };
  // The first round warms both up and is not counted; they take turns, so that a machine that drifts in speed drifts for both.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [log, taken] of [[large, times.large], [small, times.small]] as const) {
      await pagesOf(log, queryOf(log.entries), (ms) => {
        if (round > 0) taken.push(ms);
      });
    }
  }
  const [p50Ms, smallP50Ms] = [median(times.large), median(times.small)];
  return { name, entries: large.entries, smallEntries: small.entries, p50Ms, smallP50Ms, ratio: p50Ms / smallP50Ms, target: 1.5, pages: times.large.length };
}

function pagesOf({ url, installation: { token } }: FilledLog, query: string, onAnswered: (ms: number) => void): Promise<void> {
  const request = () => ({ method: 'GET' as const, path: `/api/v1/enterprise/audit/events?${query}`, headers: { authorization: `Bearer ${token}` } });
  return sendLoad({ url, clients: 1, requests: pagesPerRound, status: 200, onAnswered, request });
}
