// Two API processes on one database, of which the first may be killed and comes back.
import { startApiProcess } from '../harness/processes.ts';
import type { ApiProcess } from '../harness/processes.ts';
import { startKillableApi } from './killable-api.ts';
import type { KillableApi } from './killable-api.ts';

export interface TwoProcesses extends KillableApi {
  readonly second: ApiProcess;
}

export async function startTwoProcesses(): Promise<TwoProcesses> {
  const api = await startKillableApi();
  const second = await startApiProcess({ env: api.environment });
  return {
    writer: api.writer,
    environment: api.environment,
    get first() {
      return api.first;
    },
    second,
    killFirst: () => api.killFirst(),
    startFirst: () => api.startFirst(),
    async end() {
      await second.stop();
      await api.end();
    },
  };
}
