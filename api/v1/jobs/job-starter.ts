// Tells Temporal at once what a request has just written into a row. Nobody waits for it: what is not told now, the reconciler tells within seconds.
import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';
import type { Logger } from 'pino';
import { isJobKind } from '../../../domain/job/kinds.ts';
import type { Job } from '../../../domain/job/job.ts';
import { jobWorkflowId } from '../../../domain/job/workflow-ids.ts';
import { carriers } from '../../../workflows/carriers.messages.ts';

/** What the workflow of a job is called by. */
export type NamedJob = Pick<Job, 'tenantId' | 'id' | 'kind' | 'scheduledFor'> & Partial<Pick<Job, 'subject'>>;

export interface JobStarter {
  startSoon(job: NamedJob): void;
  cancelSoon(job: NamedJob): void;
  /** For a workflow that follows its row by itself: it looks sooner. */
  signalSoon(job: NamedJob, signal: string): void;
  /** Rejects with the reason when Temporal cannot be reached. */
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface JobStarterOptions {
  readonly address: string;
  readonly namespace: string;
  readonly log: Logger;
  readonly limitMs?: number;
}

const mostAtOnce = 50;

/** Shorter than a readiness check may take: the reason and what waits must get into its answer. */
const checkLimitMs = 1_500;

export function createJobStarter({ address, namespace, log, limitMs = 2_000 }: JobStarterOptions): JobStarter {
  const connection = Connection.lazy({ address, connectTimeout: limitMs, ...failsAtOnce });
  const client = new Client({ connection, namespace });
  const limited = <T>(call: () => Promise<T>): Promise<T> => connection.withDeadline(Date.now() + limitMs, call);
  const running = new Set<Promise<void>>();

  function soon(job: Pick<Job, 'tenantId' | 'id'>, tell: () => Promise<void>): void {
    if (running.size >= mostAtOnce) return;
    const told = limited(tell)
      .catch((error: unknown) => {
        log.info({ tenant: job.tenantId, job: job.id, err: error }, 'Temporal could not be told of a job at once: the reconciler will tell it');
      })
      .finally(() => running.delete(told));
    running.add(told);
  }

  return {
    startSoon(job) {
      if (!isJobKind(job.kind)) return;
      const { workflowType, taskQueue } = carriers[job.kind];
      const args = [{ tenantId: job.tenantId, jobId: job.id }];
      soon(job, async () => {
        const id = { workflowId: jobWorkflowId(job), workflowIdReusePolicy: 'ALLOW_DUPLICATE', workflowIdConflictPolicy: 'USE_EXISTING' } as const;
        await client.workflow.start(workflowType, { ...id, taskQueue, args });
      });
    },
    cancelSoon(job) {
      soon(job, async () => {
        try {
          await client.workflow.getHandle(jobWorkflowId(job)).cancel();
        } catch (error) {
          // It never began, or has ended: the row says cancelled, and that is what counts.
          if (!(error instanceof WorkflowNotFoundError)) throw error;
        }
      });
    },
    signalSoon(job, signal) {
      soon(job, async () => {
        try {
          await client.workflow.getHandle(jobWorkflowId(job)).signal(signal);
        } catch (error) {
          // It was not started yet, or has ended: in either case it knows what the row says.
          if (!(error instanceof WorkflowNotFoundError)) throw error;
        }
      });
    },
    async check() {
      await connection.withDeadline(Date.now() + checkLimitMs, () => connection.workflowService.describeNamespace({ namespace }));
    },
    async close() {
      await Promise.all(running);
      await connection.close();
    },
  };
}

/** A call that fails says so at once, with the reason; and however long Temporal was away, it is found again within seconds. */
const failsAtOnce = {
  interceptors: [],
  channelArgs: { 'grpc.initial_reconnect_backoff_ms': 250, 'grpc.max_reconnect_backoff_ms': 2_000 },
};
