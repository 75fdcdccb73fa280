// `node bench/live-latency.ts [--rounds n] [--seconds n] [--clients n]`: commit → frame at 200 entries a second to clients in 50 rooms, beside bare Socket.IO's emit → frame to as many in as many.
import { parseArgs } from 'node:util';
import { startBenchInstallation } from './installation.ts';
import { median } from './measure.ts';
import { askMoments } from './moments.ts';
import type { Moment } from './moments.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '5' }, clients: { type: 'string', default: '1000' } } });
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
const clients = Number(values.clients);
const rooms = 50;
const perSecond = 200;
const clientsPerToken = 50;
/** As it runs: connections are open, statements are planned, and the compiler has been at work. */
const warmUpSeconds = 3;
const lastFramesMs = 1_000;
const targets = { p50Ms: 10, p99Ms: 100, ratio: 2 };

interface Contender {
  readonly name: string;
  readonly url: string;
  send(index: number): Promise<void>;
  /** When each of those sent since the last call was committed, or emitted. */
  started(): Promise<ReadonlyMap<number, number>>;
}

interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly frames: number;
}

const installation = await startBenchInstallation();
let sent = 0;
try {
  const ours = await ourContender();
  const floorUrl = await installation.startFloor('bench/floors/rooms.ts');
  const contenders = [ours, floorContender('bare Socket.IO, emit → frame', `${floorUrl}/emit`), floorContender('bare Socket.IO, emit after INSERT and COMMIT → frame', `${floorUrl}/write`)];
  const measured = new Map<Contender, Latency[]>(contenders.map((contender) => [contender, []]));
  for (let round = 0; round < rounds; round += 1) {
    // Each follows another one each time.
    for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) measured.get(contender)?.push(await measure(contender));
  }
  report(contenders.map((contender) => ({ name: contender.name, latencies: measured.get(contender) ?? [] })));
} finally {
  await installation.stop();
}

async function ourContender(): Promise<Contender> {
  const api = await installation.startLiveApi();
  const seqs = new Map<number, number>();
  const headers = { authorization: `Bearer ${installation.token}` };
  return {
    name: 'ours, commit → frame',
    url: api.url,
    async send(index) {
      const { file_id, share_id } = frameOf(index);
      const event = { event_type: 'file.create', share_id, user_id: 'usr_1', resource_type: 'file', resource_id: file_id, change: { change_type: 'created', new_path: '/a' } };
      const { results } = (await post(`${api.url}/api/v1/events`, event, headers)) as { readonly results: readonly { readonly seq: number }[] };
      seqs.set(index, results[0]?.seq ?? Number.NaN);
    },
    async started() {
      const commits = await askMoments(api.child);
      const started = new Map([...seqs].map(([index, seq]) => [index, commits.find(([head]) => head >= seq)?.[1] ?? Number.NaN]));
      seqs.clear();
      return started;
    },
  };
}

function floorContender(name: string, address: string): Contender {
  let emitted = new Map<number, number>();
  return {
    name,
    url: new URL(address).origin,
    async send(index) {
      const { atMs } = (await post(address, { cursor: 'x'.repeat(80), type: 'file_created', data: { ...frameOf(index), name: 'a', path: '/a', version_id: null, change_type: 'created', old_path: null, changed_by: 'usr_1', changed_at: new Date().toISOString() } })) as { readonly atMs: number };
      emitted.set(index, atMs);
    },
    started() {
      const started = emitted;
      emitted = new Map();
      return Promise.resolve(started);
    },
  };
}

function frameOf(index: number): { readonly file_id: string; readonly share_id: string } {
  return { file_id: `fil_${String(index)}`, share_id: `shr_${String(index % rooms)}` };
}

async function measure(contender: Contender): Promise<Latency> {
  // The rooms must be there to be joined.
  for (let room = 0; room < rooms; room += 1) await contender.send((sent += 1));
  await contender.started();
  const tokens = await Promise.all(Array.from({ length: Math.ceil(clients / clientsPerToken) }, (_, index) => installation.listenerToken(index * clientsPerToken)));
  const listening = await installation.startListening({ url: `${contender.url}/realtime`, clients, rooms, tokens });
  try {
    await sendEvenly(contender, warmUpSeconds);
    await pause(lastFramesMs);
    await Promise.all([contender.started(), askMoments(listening.child)]);
    await sendEvenly(contender, seconds);
    await pause(lastFramesMs);
    return latencyOf(await contender.started(), await askMoments(listening.child));
  } finally {
    await listening.end();
  }
}

async function sendEvenly(contender: Contender, forSeconds: number): Promise<void> {
  const startMs = performance.now();
  const sends: Promise<void>[] = [];
  for (let count = 0; count < forSeconds * perSecond; count += 1) {
    sends.push(contender.send((sent += 1)));
    // By the clock and not one wait after the other, which would be fewer.
    await pause(Math.max(0, startMs + ((count + 1) * 1_000) / perSecond - performance.now()));
  }
  await Promise.all(sends);
}

function latencyOf(started: ReadonlyMap<number, number>, frames: readonly Moment[]): Latency {
  const latenciesMs = frames.flatMap(([index, atMs]) => {
    const startedMs = started.get(index);
    return startedMs === undefined ? [] : [atMs - startedMs];
  });
  const expected = started.size * (clients / rooms);
  if (latenciesMs.length !== expected || latenciesMs.some(Number.isNaN)) throw new Error(`${String(latenciesMs.length)} of ${String(expected)} frames came`);
  latenciesMs.sort((a, b) => a - b);
  const at = (part: number): number => latenciesMs[Math.floor(latenciesMs.length * part)] ?? Number.NaN;
  return { p50Ms: at(0.5), p99Ms: at(0.99), frames: latenciesMs.length };
}

function report(all: readonly { readonly name: string; readonly latencies: readonly Latency[] }[]): void {
  const [ours, ...floors] = all;
  if (ours === undefined) return;
  const lines = all.map(({ name, latencies }) => `  ${name.padEnd(55)} p50 ${medianMs(latencies, 'p50Ms')}  p99 ${medianMs(latencies, 'p99Ms')}`);
  const p50 = median(ours.latencies.map(({ p50Ms }) => p50Ms));
  const p99 = median(ours.latencies.map(({ p99Ms }) => p99Ms));
  lines.push(`  p50 < ${String(targets.p50Ms)} ms: ${said(p50 < targets.p50Ms)}; p99 < ${String(targets.p99Ms)} ms: ${said(p99 < targets.p99Ms)}`);
  for (const { name, latencies } of floors) {
    const ratios = (['p50Ms', 'p99Ms'] as const).map((which) => {
      const ratio = median(ours.latencies.map((one, round) => one[which] / (latencies[round]?.[which] ?? Number.NaN)));
      return `${which.slice(0, 3)} ${ratio.toFixed(2)} (target ${String(targets.ratio)}: ${said(ratio <= targets.ratio)})`;
    });
    lines.push(`  ours / ${name}: ${ratios.join(', ')}`);
  }
  process.stdout.write(`${String(clients)} clients in ${String(rooms)} rooms, ${String(perSecond)} entries a second, medians of ${String(rounds)} rounds of ${String(seconds)} s (all rounds)\n${lines.join('\n')}\n`);
}

function medianMs(latencies: readonly Latency[], which: 'p50Ms' | 'p99Ms'): string {
  const all = latencies.map((latency) => latency[which]);
  return `${median(all).toFixed(2)} ms (${all.map((ms) => ms.toFixed(1)).join(' ')})`;
}

function said(isMet: boolean): string {
  return isMet ? 'met' : 'NOT met';
}

async function post(url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const answer = await fetch(url, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${String(answer.status)} ${await answer.text()}`);
  return answer.json();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, ms); });
}
