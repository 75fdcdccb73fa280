// `node bench/ingest-beside-prune.ts [--rounds n] [--rate n]`: the latency of single-entry ingest at a steady rate while a run removes entries, beside the same without it, in alternating rounds.
import { parseArgs } from 'node:util';
import pg from 'pg';
import { createPool } from '../db/pool.ts';
import { defaultBatchEntries } from '../db/retention/open-batch.ts';
import { uploadEvent } from './entries.ts';
import { fillLog } from './fill-log.ts';
import { startBenchInstallation } from './installation.ts';
import { median } from './measure.ts';
import { chunksOf, monthsThatAreOver, placeHold, planRun, removeAll } from './prunable-log.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' }, rate: { type: 'string', default: '200' }, batch: { type: 'string', default: String(defaultBatchEntries) }, entries: { type: 'string', default: '2000000' } } });
const rounds = Number(values.rounds);
const perSecond = Number(values.rate);
const batchEntries = Number(values.batch);
const months = 84;
const target = 2;

const installation = await startBenchInstallation();
const { ownerUrl, prunerUrl, apiUrl, token } = installation;
const owner = new pg.Client({ connectionString: ownerUrl });
const pruner = createPool({ url: prunerUrl, max: 2 });
let sent = 0;
try {
  await fillLog({ ownerUrl, entries: Number(values.entries), months });
  await owner.connect();
  await placeHold(owner);
  const over = await monthsThatAreOver(owner);
  const runs: string[] = [];
  // One more to warm up with.
  for (const [index, span] of chunksOf(over, Math.floor(over.length / (rounds + 1))).entries()) runs.push(await planRun(owner, { runId: `RUN${String(index)}`, span }));
  await owner.query('VACUUM ANALYZE');
  // As on a server that has run for a while: the WAL goes into files that are there already, and nobody waits until new ones are filled with zeros.
  await owner.query('CHECKPOINT');

  let lastedMs = 2_000;
  let removedPerSecond = 0;
  async function beside(): Promise<readonly number[]> {
    const runId = runs.shift();
    if (runId === undefined) throw new Error('there are no months left to remove');
    const startedMs = performance.now();
    let isOver = false;
    const [latencies, removed] = await Promise.all([
      ingestUntil(() => isOver),
      removeAll(pruner, runId, batchEntries).finally(() => {
        lastedMs = performance.now() - startedMs;
        isOver = true;
      }),
    ]);
    removedPerSecond = removed / (lastedMs / 1000);
    return latencies;
  }
  /** As long as the run before it. */
  function alone(): Promise<readonly number[]> {
    const untilMs = performance.now() + lastedMs;
    return ingestUntil(() => performance.now() >= untilMs);
  }

  await beside();
  await alone();
  const pairs: { readonly beside: readonly number[]; readonly alone: readonly number[]; readonly removedPerSecond: number }[] = [];
  for (let index = 0; index < rounds; index += 1) {
    // Who goes first changes.
    const before = index % 2 === 0 ? await alone() : null;
    const pruned = await beside();
    pairs.push({ beside: pruned, alone: before ?? (await alone()), removedPerSecond });
  }
  const ratios = pairs.map((pair) => at(pair.beside, 0.99) / at(pair.alone, 0.99));
  const ratio = median(ratios);
  process.stdout.write(
    `ingest-beside-prune: POST /api/v1/events, ${String(perSecond)} entries a second one by one, from when each was due; medians of ${String(rounds)} pairs of rounds\n` +
      `  while a run removes  ${figures(pairs.map((pair) => pair.beside))}, ${Math.round(median(pairs.map((pair) => pair.removedPerSecond))).toLocaleString('en')} entries removed a second\n` +
      `  without              ${figures(pairs.map((pair) => pair.alone))}\n` +
      `  ratio of the p99s ${ratio.toFixed(2)} (target ${String(target)}: ${ratio <= target ? 'met' : 'NOT met'}); rounds ${ratios.map((one) => one.toFixed(2)).join(' ')}\n`,
  );
} finally {
  await Promise.all([owner.end(), pruner.end()]);
  await installation.stop();
}

/** Sends when each is due, whether or not those before were answered: what waits is counted as long as it waits. */
async function ingestUntil(isOver: () => boolean): Promise<readonly number[]> {
  const latencies: number[] = [];
  const answers: Promise<void>[] = [];
  const startedMs = performance.now();
  for (let index = 0; !isOver(); index += 1) {
    const dueMs = startedMs + (index * 1000) / perSecond;
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    answers.push(post().then(() => void latencies.push(performance.now() - dueMs)));
  }
  await Promise.all(answers);
  return latencies;
}

async function post(): Promise<void> {
  sent += 1;
  const answer = await fetch(`${apiUrl}/api/v1/events`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(uploadEvent(sent)) });
  if (answer.status !== 201) throw new Error(`${String(answer.status)} ${await answer.text()}`);
  await answer.arrayBuffer();
}

function figures(roundsOf: readonly (readonly number[])[]): string {
  const all = (part: number): string => median(roundsOf.map((latencies) => at(latencies, part))).toFixed(1);
  return `p50 ${all(0.5)} ms, p99 ${all(0.99)} ms, longest ${Math.max(...roundsOf.flat()).toFixed(1)} ms of ${String(roundsOf.flat().length)}`;
}

function at(latencies: readonly number[], part: number): number {
  const sorted = [...latencies].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
