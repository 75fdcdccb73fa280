// Fan-out to a thousand clients in one room, beside bare Socket.IO and bare ws: deliveries per second of the server's processor.
import { readFileSync } from 'node:fs';
import type { BenchInstallation } from '../installation.ts';
import { connectSocketIo, connectWebSocket, openListeners } from '../listeners.ts';
import type { Listeners } from '../listeners.ts';
import type { Comparison } from '../measure.ts';

const clients = 1_000;
/** Enough for a round to last a second: shorter ones are at the mercy of a single collection of garbage. */
const entries = 160;
/** Deliveries by the floor's processor time over ours: 1.15 times its cost is the bound. */
const target = 1 / 1.15;
/** The kernel counts a process's time in hundredths of a second. */
const ticksPerSecond = 100;

interface FanOut {
  readonly comparison: Comparison;
  readonly end: () => Promise<void>;
}

export async function fanOutSocketIo(installation: BenchInstallation): Promise<FanOut> {
  const { apiUrl, listenerToken } = installation;
  const floorUrl = await installation.startFloor('bench/floors/fan-out.ts');
  await publish(installation);
  const ours = await openListeners({ clients, connect: async (index, heard) => connectSocketIo(`${apiUrl}/realtime`, { auth: { token: await listenerToken(index) }, join: { share_id: 'shr_1' } }, heard) });
  const floor = await openListeners({ clients, connect: (_, heard) => connectSocketIo(floorUrl, { auth: {}, join: null }, heard) });
  return fanOut({ name: 'fan-out-socket-io', installation, ours, floor, floorUrl, path: '/socket-io', floorIs: 'a bare Socket.IO room, the same frames' });
}

export async function fanOutWebSocket(installation: BenchInstallation): Promise<FanOut> {
  const { apiUrl, listenerToken } = installation;
  const floorUrl = await installation.startFloor('bench/floors/fan-out.ts');
  await publish(installation);
  const address = `${apiUrl.replace('http', 'ws')}/api/v1/realtime/ws?token=`;
  const hello = { action: 'subscribe', share_id: 'shr_1' };
  const ours = await openListeners({ clients, connect: async (index, heard) => connectWebSocket(address + (await listenerToken(index)), { hello, until: '"subscribed"' }, heard) });
  const floor = await openListeners({ clients, connect: (_, heard) => connectWebSocket(`${floorUrl.replace('http', 'ws')}/ws`, { hello: null, until: null }, heard) });
  return fanOut({ name: 'fan-out-ws', installation, ours, floor, floorUrl, path: '/ws-frames', floorIs: 'bare ws, the same frames' });
}

interface Parts {
  readonly name: string;
  readonly installation: BenchInstallation;
  readonly ours: Listeners;
  readonly floor: Listeners;
  readonly floorUrl: string;
  readonly path: string;
  readonly floorIs: string;
}

function fanOut({ name, installation, ours, floor, floorUrl, path, floorIs }: Parts): FanOut {
  const comparison: Comparison = {
    name,
    unit: 'deliveries',
    oursIs: `${String(entries)} entries to ${String(clients)} clients of one share, per second of the API's processor, ingest included`,
    floorIs,
    target,
    ours: {
      cpuSeconds: () => Promise.resolve(processorSecondsOf(installation.apiPid)),
      async round() {
        await publish(installation);
        await ours.received(clients * entries);
        return clients * entries;
      },
    },
    floor: {
      async cpuSeconds() {
        const answer = await fetch(`${floorUrl}/cpu`);
        return ((await answer.json()) as { seconds: number }).seconds;
      },
      async round() {
        const frames = Array.from({ length: entries }, (_, index) => sample(index));
        await fetch(`${floorUrl}${path}`, { method: 'POST', body: JSON.stringify(frames) });
        await floor.received(clients * entries);
        return clients * entries;
      },
    },
  };
  return {
    comparison,
    end() {
      ours.close();
      floor.close();
      return Promise.resolve();
    },
  };
}

async function publish({ apiUrl, token }: BenchInstallation): Promise<void> {
  const events = Array.from({ length: entries }, (_, index) => ({
    event_type: 'file.create', share_id: 'shr_1', user_id: 'usr_1', resource_type: 'file', resource_id: `fil_${String(index)}`, resource_name: 'report.pdf',
    change: { change_type: 'created', new_path: '/Engineering/report.pdf', metadata: { size: 12_345, mime_type: 'application/pdf' } },
  }));
  const answer = await fetch(`${apiUrl}/api/v1/events`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify({ events }) });
  if (!answer.ok) throw new Error(`${String(answer.status)} ${await answer.text()}`);
}

/** As long as ours. */
function sample(index: number): unknown {
  return {
    cursor: 'MS5lMTIzNDU2Nzg5MC5hYmMuLnNvbWVzaWduYXR1cmVvZjIyY2hhcnM', type: 'file_created', share_id: 'shr_1',
    data: { file_id: `fil_${String(index)}`, share_id: 'shr_1', name: 'report.pdf', path: '/Engineering/report.pdf', version_id: null, change_type: 'created', old_path: null, changed_by: 'usr_1', changed_at: new Date().toISOString(), size: 12_345, mime_type: 'application/pdf' },
  };
}

function processorSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  // The name stands in brackets and may contain anything; user and system time are the 12th and 13th field after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
