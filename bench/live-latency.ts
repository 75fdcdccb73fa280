// `node bench/live-latency.ts [--seconds n] [--clients n]`: commit → frame at 200 entries a second to clients in 50 rooms, beside bare Socket.IO's emit → frame.
import { parseArgs } from 'node:util';
import { startBenchInstallation } from './installation.ts';
import { connectSocketIo, openListeners } from './listeners.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '10' }, clients: { type: 'string', default: '1000' } } });
const seconds = Number(values.seconds);
const clients = Number(values.clients);
const rooms = 50;
const perSecond = 200;

const installation = await startBenchInstallation();
try {
  const { apiUrl, listenerToken } = installation;
  for (let room = 0; room < rooms; room += 1) await post(room);
  const ours = await openListeners({ clients, connect: async (index, heard) => connectSocketIo(`${apiUrl}/realtime`, { auth: { token: await listenerToken(index) }, join: { share_id: `shr_${String(index % rooms)}` } }, heard) });
  report('ours   answer of the ingest (its commit) → frame', await measure(ours, async (index) => {
    await post(index % rooms, index);
    return performance.now();
  }));
  ours.close();
  const floorUrl = await installation.startFloor('bench/floors/fan-out.ts');
  // Everybody is in the bare server's one room, so as many deliveries come of fewer frames.
  const bare = await openListeners({ clients: Math.ceil(clients / rooms), connect: (_, heard) => connectSocketIo(floorUrl, { auth: {}, join: null }, heard) });
  report('floor  emit → frame, as many deliveries', await measure(bare, async (index) => {
    const emittedMs = performance.now();
    await fetch(`${floorUrl}/socket-io`, { method: 'POST', body: JSON.stringify([{ data: { file_id: `fil_${String(index)}` } }]) });
    return emittedMs;
  }));
  bare.close();
} finally {
  await installation.stop();
}

async function measure(listeners: { onFrame: (frame: unknown) => void }, send: (index: number) => Promise<number>): Promise<number[]> {
  const came = new Map<string, number[]>();
  listeners.onFrame = (frame) => {
    const id = (frame as { data: { file_id: string } }).data.file_id;
    const times = came.get(id) ?? [];
    times.push(performance.now());
    came.set(id, times);
  };
  const sent = new Map<string, number>();
  const sends: Promise<void>[] = [];
  for (let index = 0; index < seconds * perSecond; index += 1) {
    sends.push(send(index).then((atMs) => void sent.set(`fil_${String(index)}`, atMs)));
    await new Promise((resolve) => setTimeout(resolve, 1000 / perSecond));
  }
  await Promise.all(sends);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  // A frame may overtake the answer of its own ingest: then nobody waited at all.
  return [...sent].flatMap(([id, atMs]) => (came.get(id) ?? []).map((frameMs) => Math.max(0, frameMs - atMs)));
}

function report(what: string, latencies: number[]): void {
  const sorted = latencies.sort((a, b) => a - b);
  const at = (part: number): string => (sorted[Math.floor(sorted.length * part)] ?? Number.NaN).toFixed(1);
  process.stdout.write(`${what}: ${String(sorted.length)} frames, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms\n`);
}

async function post(room: number, index = -1): Promise<void> {
  const event = { event_type: 'file.create', share_id: `shr_${String(room)}`, user_id: 'usr_1', resource_type: 'file', resource_id: `fil_${String(index)}`, change: { change_type: 'created', new_path: '/a' } };
  const { apiUrl, token } = installation;
  const answer = await fetch(`${apiUrl}/api/v1/events`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(event) });
  if (!answer.ok) throw new Error(`${String(answer.status)} ${await answer.text()}`);
}
