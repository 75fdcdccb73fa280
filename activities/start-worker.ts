// The worker: carries workflows and activities of one task queue, and keeps trying while Temporal is away.
import { setTimeout as delay } from 'node:timers/promises';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { WorkerOptions, WorkflowBundle } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createActivities } from './all-activities.ts';
import { bundleWorkflows } from './bundle-workflows.ts';
import { installTemporalRuntime } from './temporal-runtime.ts';
import type { ActivityWorld } from './world.ts';

export interface StartWorkerOptions {
  readonly temporalAddress: string;
  readonly namespace: string;
  readonly world: ActivityWorld;
  readonly log: Logger;
  /** Without it the workflows are bundled at the start. */
  readonly bundle?: WorkflowBundle | { readonly codePath: string };
  readonly taskQueue?: string;
  /** `activities` alone for a queue on which no workflow runs. */
  readonly carries?: 'workflows and activities' | 'activities';
  /** Of all queues of a process together no more than its connections: an activity that waits for one has begun to run out of time. */
  readonly activitiesAtOnce?: number;
  /** How long activities that run may go on when the worker stops. */
  readonly graceMs?: number;
}

export type WorkerState = 'connecting' | 'serving' | 'stopped';

export interface RunningWorker {
  readonly state: WorkerState;
  /** Why it is not serving; null when it is. */
  readonly reason: string | null;
  /** Takes nothing new, lets what runs end within the grace time, and never fails. */
  stop(): Promise<void>;
}

const firstWaitMs = 250;
const longestWaitMs = 5_000;
/** Activities that do not heed their cancellation are left behind so long after the grace time. */
const forceAfterGraceMs = 5_000;

export async function startWorker({
  temporalAddress,
  namespace,
  world,
  log,
  bundle,
  taskQueue = 'core',
  carries = 'workflows and activities',
  activitiesAtOnce = 12,
  graceMs = 10_000,
}: StartWorkerOptions): Promise<RunningWorker> {
  installTemporalRuntime(log);
  const options: WorkerOptions = {
    namespace,
    taskQueue,
    activities: createActivities(world),
    ...(carries === 'activities' ? {} : { workflowBundle: bundle ?? (await bundleWorkflows()) }),
    shutdownGraceTime: graceMs,
    shutdownForceTime: graceMs + forceAfterGraceMs,
    ...limits,
    maxConcurrentActivityTaskExecutions: activitiesAtOnce,
  };
  const stopping = new AbortController();
  let state: WorkerState = 'connecting';
  let reason: string | null = 'not connected yet';

  async function keepServing(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; ) {
      try {
        await serveOnce({
          address: temporalAddress,
          options,
          signal: stopping.signal,
          onServing: () => {
            failures = 0;
            state = 'serving';
            reason = null;
            log.info({ temporalAddress, namespace, taskQueue }, 'carrying work from Temporal');
          },
        });
      } catch (error) {
        const said = error instanceof Error ? error.message : String(error);
        if (reason !== said) log.warn({ temporalAddress, namespace, taskQueue, err: error }, 'no work can be had from Temporal: trying again until it is back');
        state = 'connecting';
        reason = said;
      }
      // The wait is cut short by stopping.
      await delay(Math.min(longestWaitMs, firstWaitMs * 2 ** failures), undefined, { signal: stopping.signal }).catch(() => undefined);
      failures = Math.min(failures + 1, 10);
    }
    state = 'stopped';
    reason = 'stopped';
  }

  const running = keepServing();
  return {
    get state() {
      return state;
    },
    get reason() {
      return reason;
    },
    stop() {
      stopping.abort();
      return running;
    },
  };
}

/** For two shared cores beside PostgreSQL and a Temporal server; polls are few because work is rare and short. */
const limits = {
  maxCachedWorkflows: 200,
  maxConcurrentWorkflowTaskExecutions: 20,
  maxConcurrentWorkflowTaskPolls: 5,
  maxConcurrentActivityTaskPolls: 5,
  maxConcurrentLocalActivityExecutions: 20,
} satisfies Partial<WorkerOptions>;

interface Serve {
  readonly address: string;
  readonly options: WorkerOptions;
  readonly signal: AbortSignal;
  onServing(): void;
}

/** Returns when it was stopped, throws when it can no longer go on. */
async function serveOnce({ address, options, signal, onServing }: Serve): Promise<void> {
  const connection = await NativeConnection.connect({ address });
  try {
    const worker = await Worker.create({ ...options, connection });
    const ended = worker.run();
    const stop = (): void => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    else onServing();
    try {
      await ended;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  } finally {
    await connection.close();
  }
}
