// Tells Temporal at once what a request has just written into a row. Nobody waits for it: what is not told now, the reconciler tells within seconds.
import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';
import type { Logger } from 'pino';
import { isJobKind } from '../../../domain/job/kinds.ts';
import type { Job } from '../../../domain/job/job.ts';
import { jobWorkflowId } from '../../../domain/job/workflow-ids.ts';
import { carriers } from '../../../workflows/carriers.messages.ts';

export interface JobStarter {
  startSoon(job: Job): void;
  cancelSoon(job: Job): void;
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

export function createJobStarter({ address, namespace, log, limitMs = 2_000 }: JobStarterOptions): JobStarter {
  const connection = Connection.lazy({ address, connectTimeout: limitMs });
  const client = new Client({ connection, namespace });
  const limited = <T>(call: () => Promise<T>): Promise<T> => connection.withDeadline(Date.now() + limitMs, call);
  const running = new Set<Promise<void>>();

  function soon(job: Job, tell: () => Promise<void>): void {
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
    async check() {
      await limited(() => connection.workflowService.describeNamespace({ namespace }));
    },
    async close() {
      await Promise.all(running);
      await connection.close();
    },
  };
}
