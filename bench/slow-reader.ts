// `node bench/slow-reader.ts [--rounds n] [--frames n]`: the latency of clients beside one that takes nothing, and beside none, in alternating rounds; 20,000 frames of 4 KiB pass the slow one in all.
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { WebSocket } from 'ws';
import { startBenchInstallation } from './installation.ts';
import { median } from './measure.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' }, frames: { type: 'string', default: '4000' } } });
const rounds = Number(values.rounds);
const framesPerRound = Number(values.frames);
const clients = 20;
const perCall = 4;
const callsPerSecond = 100;
const padding = 'x'.repeat(4_096);
const target = 1.1;

const installation = await startBenchInstallation();
const { apiUrl, token } = installation;
let written = 0;
try {
  await post(1);
  const address = `${apiUrl.replace('http', 'ws')}/api/v1/realtime/ws?token=`;
  const latencies: number[] = [];
  const answeredMs = new Map<number, number>();
  const cameMs: { readonly id: number; readonly atMs: number }[] = [];
  const others: WebSocket[] = [];
  for (let index = 0; index < clients; index += 1) {
    others.push(await listen(address + (await installation.listenerToken(index)), (id) => cameMs.push({ id, atMs: performance.now() })));
  }

  async function round(): Promise<number> {
    latencies.length = 0;
    cameMs.length = 0;
    const calls: Promise<void>[] = [];
    for (let call = 0; call < framesPerRound / perCall; call += 1) {
      const first = written;
      calls.push(post(perCall).then(() => void answeredMs.set(first, performance.now())));
      await new Promise((resolve) => setTimeout(resolve, 1000 / callsPerSecond));
    }
    await Promise.all(calls);
    await until(() => cameMs.length >= framesPerRound * clients);
    // A frame may overtake the answer of its own ingest: then nobody waited at all.
    for (const { id, atMs } of cameMs) {
      const sentMs = answeredMs.get(id);
      if (sentMs !== undefined) latencies.push(Math.max(0, atMs - sentMs));
    }
    answeredMs.clear();
    return at(latencies, 0.99);
  }

  async function besideSlow(): Promise<{ readonly p99: number; readonly inOrder: boolean }> {
    const from = written;
    const ids: number[] = [];
    const slow = await listen(address + (await installation.listenerToken(clients)), (id) => ids.push(id));
    slow.pause();
    const p99 = await round();
    slow.resume();
    await until(() => ids.length >= framesPerRound);
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
  for (const other of others) other.terminate();
  const ratio = median(pairs.map(({ beside, alone }) => beside / alone));
  process.stdout.write(
    `p99 of ${String(clients)} clients, ${String(callsPerSecond * perCall)} frames of 4 KiB a second, medians of ${String(rounds)} pairs of rounds\n` +
      `  beside a client that takes nothing  ${median(pairs.map(({ beside }) => beside)).toFixed(1)} ms\n` +
      `  beside none                         ${median(pairs.map(({ alone }) => alone)).toFixed(1)} ms\n` +
      `  ratio ${ratio.toFixed(2)} (target ${String(target)}: ${ratio <= target ? 'met' : 'NOT met'}); rounds ${pairs.map(({ beside, alone }) => (beside / alone).toFixed(2)).join(' ')}\n` +
      `  the slow one took ${String(framesPerRound * rounds)} frames afterwards, ${allInOrder ? 'all of them in order' : 'NOT all of them in order'}\n`,
  );
} finally {
  await installation.stop();
}

/** Answers once it is subscribed; hears the number of each entry. */
async function listen(url: string, heard: (id: number) => void): Promise<WebSocket> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await once(socket, 'open');
  socket.send('{"action":"subscribe","share_id":"shr_1"}');
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

async function post(entries: number): Promise<void> {
  const events = Array.from({ length: entries }, (_, index) => ({
    event_type: 'file.create', share_id: 'shr_1', user_id: 'usr_1', resource_type: 'file', resource_id: `fil_${String(written + index)}`, change: { change_type: 'created', new_path: '/a', metadata: { padding } },
  }));
  written += entries;
  const answer = await fetch(`${apiUrl}/api/v1/events`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify({ events }) });
  if (!answer.ok) throw new Error(`${String(answer.status)} ${await answer.text()}`);
}

async function until(isTrue: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + 60_000;
  while (!isTrue()) {
    if (performance.now() > deadlineMs) throw new Error('not all frames came within a minute');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function at(values: number[], part: number): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN;
}
