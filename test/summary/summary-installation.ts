// A door with a scripted model behind it: an API, a Temporal namespace, and a worker that asks the model.
import { pino } from 'pino';
import { startWorker } from '../../activities/start-worker.ts';
import type { RunningWorker } from '../../activities/start-worker.ts';
import { createModelDoor } from '../../activities/summary/model-door.ts';
import type { ActivityWorld } from '../../activities/world.ts';
import { createSummaryCarrier } from '../../api/current/summary/summary-carrier.ts';
import type { SummaryCarrier } from '../../api/current/summary/summary-carrier.ts';
import type { ApiWorld } from '../../api/world.ts';
import { egressTaskQueue } from '../../workflows/summary/event-summary.messages.ts';
import { startTestApi } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { testServers } from '../harness/published-servers.ts';
import { startJobInstallation } from '../job/job-installation.ts';
import type { JobInstallation } from '../job/job-installation.ts';
import { startScriptedModel } from './scripted-model.ts';
import type { ScriptedModel } from './scripted-model.ts';

export const modelKey = 'sk-the-key-of-the-tests';

export interface SummaryInstallation {
  readonly api: TestApi;
  readonly here: JobInstallation;
  readonly model: ScriptedModel;
  end(): Promise<void>;
}

export interface SummaryInstallationOptions {
  readonly fallback?: 'null' | 'extractive';
  /** How long the model may take. */
  readonly limitMs?: number;
  /** How long a reader may be kept waiting. */
  readonly waitMs?: number;
  readonly checkSummary?: ActivityWorld['checkSummary'];
  /** Networks the model may be in; the tests' own unless given. */
  readonly allowed?: readonly string[];
}

const silent = pino({ level: 'silent' });

export async function startSummaryInstallation({ fallback = 'null', limitMs = 600, waitMs = 8_000, checkSummary, allowed = ['127.0.0.0/8'] }: SummaryInstallationOptions = {}): Promise<SummaryInstallation> {
  const model = await startScriptedModel();
  const here = await startJobInstallation();
  const summaries: SummaryCarrier = createSummaryCarrier({ address: here.address, namespace: here.namespace, log: silent, model: 'scripted', fallback, waitMs });
  let nowMs = 0;
  const checking: Pick<ApiWorld, 'checkSummary'> = checkSummary === undefined ? {} : { checkSummary };
  const api = await startTestApi({ parts: { summaries, ...checking } });
  const world: ActivityWorld = {
    ...here.world,
    pool: api.world.pool,
    // An hour passes between two questions: no test finds the provider spared because of another.
    model: createModelDoor({ baseUrl: model.baseUrl, apiKey: modelKey, model: 'scripted', allowed, limitMs, clock: { nowMs: () => (nowMs += 3_600_000) } }),
    ...checking,
  };
  const carrying = { temporalAddress: here.address, namespace: here.namespace, world, log: silent, bundle: { codePath: testServers().workflowBundle }, graceMs: 500 };
  const workers: RunningWorker[] = await Promise.all([startWorker(carrying), startWorker({ ...carrying, taskQueue: egressTaskQueue, carries: 'activities' })]);
  return {
    api,
    here,
    model,
    async end() {
      await model.end();
      await Promise.all(workers.map((worker) => worker.stop()));
      await summaries.close();
      await api.end();
      await here.end();
    },
  };
}
