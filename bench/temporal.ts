// A Temporal server of a scenario's own, with a worker in this process that carries workflows which do next to nothing.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { installTemporalRuntime } from '../activities/temporal-runtime.ts';
import { provisionForUser } from '../bin/temporal/provision-for-user.ts';
import { startTemporal } from '../bin/temporal/start-temporal.ts';
import { nothing } from './floors/bare-activities.ts';

export interface BenchTemporal {
  readonly client: Client;
  readonly taskQueue: string;
  newId(): string;
  stop(): Promise<void>;
}

export async function startBenchTemporal(): Promise<BenchTemporal> {
  installTemporalRuntime(pino({ level: 'silent' }));
  const provision = await provisionForUser({ environment: process.env, say: (text) => void process.stderr.write(`${text}\n`) });
  if (!provision.found) throw new Error(`no Temporal server could be had: ${provision.reasons.join('; ')}`);
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-bench-temporal-'));
  const server = await startTemporal({ binaryPath: provision.binary.path, dbFile: join(directory, 'temporal.db'), logFile: join(directory, 'temporal.log') });
  const native = await NativeConnection.connect({ address: server.address });
  const connection = await Connection.connect({ address: server.address });
  const taskQueue = 'bench';
  const worker = await Worker.create({ connection: native, taskQueue, workflowsPath: fileURLToPath(new URL('floors/bare-workflows.ts', import.meta.url)), activities: { nothing } });
  const running = worker.run();
  return {
    client: new Client({ connection }),
    taskQueue,
    newId: () => randomBytes(12).toString('hex'),
    async stop() {
      worker.shutdown();
      await running;
      await connection.close();
      await native.close();
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
