// `node bench/slow-reader.ts [--rounds n] [--frames n]`: commit → frame of clients beside one that takes nothing, and beside none, in alternating rounds; 20,000 frames of 4 KiB pass the slow one in all.
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { WebSocket } from 'ws';
import { startBenchInstallation } from './installation.ts';
import { median } from './measure.ts';
import { askMoments } from './moments.ts';
import type { Moment } from './moments.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '10' }, frames: { type: 'string', default: '2000' } } });
const rounds = Number(values.rounds);
const framesPerRound = Number(values.frames);
const clients = 20;
const perCall = 4;
const callsPerSecond = 100;
const padding = 'x'.repeat(4_096);
const target = 1.1;
const limitMs = 60_000;

const installation = await startBenchInstallation();
let written = 0;
try {
  const api = await installation.startLiveApi();
  await post(api.url);
  const listening = await installation.startListening({ url: `${api.url}/realtime`, clients, rooms: 1, tokens: [await installation.listenerToken(0)] });

  /** The 99th of a hundred frames took so long. */
  async function round(): Promise<number> {
    await Promise.all([askMoments(api.child), askMoments(listening.child)]);
    const seqs = new Map<number, number>();
    const startMs = performance.now();
    const calls: Promise<void>[] = [];
    for (let call = 0; call < framesPerRound / perCall; call += 1) {
      calls.push(post(api.url).then((kept) => { for (const [index, seq] of kept) seqs.set(index, seq); }));
      await pause(Math.max(0, startMs + ((call + 1) * 1_000) / callsPerSecond - performance.now()));
    }
    await Promise.all(calls);
    const frames: Moment[] = [];
    await until(async () => {
      frames.push(...(await askMoments(listening.child)));
      return frames.length >= framesPerRound * clients;
    });
    const commits = await askMoments(api.child);
    const committedMs = new Map([...seqs].map(([index, seq]) => [index, commits.find(([head]) => head >= seq)?.[1] ?? Number.NaN]));
    const latenciesMs = frames.map(([index, atMs]) => atMs - (committedMs.get(index) ?? Number.NaN)).sort((a, b) => a - b);
    return latenciesMs[Math.floor(latenciesMs.length * 0.99)] ?? Number.NaN;
  }

  async function besideSlow(): Promise<{ readonly p99: number; readonly inOrder: boolean }> {
    const from = written;
    const ids: number[] = [];
    const slow = await listen(`${api.url.replace('http', 'ws')}/api/v1/realtime/ws?token=${await installation.listenerToken(clients * 50)}`, (id) => ids.push(id));
    slow.pause();
    const p99 = await round();
    slow.resume();
    await until(() => Promise.resolve(ids.length >= framesPerRound));
    slow.terminate();
    return { p99, inOrder: ids.length === framesPerRound && ids.every((id, index) => id === from + index) };
  }

  await round();
  const pairs: { readonly beside: number; readonly alone: number }[] = [];
  let allInOrder = true;
  for (let index = 0; index < rounds; index += 1) {
    const before = index % 2 === 0 ? await round() : null;
    const { p99, inOrder } = await besideSlow();
    allInOrder &&= inOrder;
    pairs.push({ beside: p99, alone: before ?? (await round()) });
  }
  const beside = pairs.map((pair) => pair.beside);
  const alone = pairs.map((pair) => pair.alone);
  // Of the medians, and not the median of ratios: the 99th of a hundred in one round says more of the machine than of the reader.
  const ratio = median(beside) / median(alone);
  process.stdout.write(
    `commit → frame of ${String(clients)} clients, ${String(callsPerSecond * perCall)} frames of 4 KiB a second, p99 of ${String(rounds)} pairs of rounds\n` +
      `  beside a client that takes nothing  median ${median(beside).toFixed(1)} ms (${beside.map((ms) => ms.toFixed(1)).join(' ')})\n` +
      `  beside none                         median ${median(alone).toFixed(1)} ms (${alone.map((ms) => ms.toFixed(1)).join(' ')})\n` +
      `  ratio of the medians ${ratio.toFixed(2)} (target ${String(target)}: ${ratio <= target ? 'met' : 'NOT met'})\n` +
      `  the slow one took ${String(framesPerRound * rounds)} frames afterwards, ${allInOrder ? 'all of them in order' : 'NOT all of them in order'}\n`,
  );
} finally {
  await installation.stop();
}

/** Answers once it is subscribed; hears the number of each entry. */
async function listen(url: string, heard: (id: number) => void): Promise<WebSocket> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await once(socket, 'open');
  socket.send('{"action":"subscribe","share_id":"shr_0"}');
  await new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer) => {
      const text = data.toString('latin1');
      const id = /"file_id":"fil_(\d+)"/.exec(text)?.[1];
      if (id !== undefined) heard(Number(id));
      else if (text.includes('"subscribed"')) resolve();
    });
  });
  return socket;
}

/** Answers the seq of each by its number. */
async function post(apiUrl: string): Promise<readonly (readonly [index: number, seq: number])[]> {
  const first = written;
  written += perCall;
  const events = Array.from({ length: perCall }, (_, index) => ({
    event_type: 'file.create', share_id: 'shr_0', user_id: 'usr_1', resource_type: 'file', resource_id: `fil_${String(first + index)}`, change: { change_type: 'created', new_path: '/a', metadata: { padding } },
  }));
  const answer = await fetch(`${apiUrl}/api/v1/events`, { method: 'POST', headers: { authorization: `Bearer ${installation.token}`, 'content-type': 'application/json' }, body: JSON.stringify({ events }) });
  if (!answer.ok) throw new Error(`${String(answer.status)} ${await answer.text()}`);
  const { results } = (await answer.json()) as { readonly results: readonly { readonly seq: number }[] };
  return results.map(({ seq }, index) => [first + index, seq]);
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + limitMs;
  while (!(await isTrue())) {
    if (performance.now() > deadlineMs) throw new Error('not all frames came within a minute');
    await pause(20);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, ms); });
}
