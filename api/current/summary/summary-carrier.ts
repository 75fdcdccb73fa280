// Has a summary carried by its workflow, and waits for it no longer than its reader may be kept waiting.
import { Client, Connection } from '@temporalio/client';
import type { Logger } from 'pino';
import type { ModelSetting } from '../../../domain/summary/model-setting.ts';
import { eventSummaryTaskQueue, eventSummaryWorkflowId, eventSummaryWorkflowType } from '../../../workflows/summary/event-summary.messages.ts';
import type { EventSummaryInput } from '../../../workflows/summary/event-summary.messages.ts';

export interface SummaryCarrier extends ModelSetting {
  /** Returns when the workflow has ended, the time is up, Temporal is away or the reader has gone: what there is then, the row says. Never fails. */
  carry(summary: EventSummaryInput, options: { readonly signal: AbortSignal }): Promise<void>;
  close(): Promise<void>;
}

export interface SummaryCarrierOptions extends ModelSetting {
  readonly address: string;
  readonly namespace: string;
  readonly log: Logger;
  /** With what is read before and after, readers are answered within 20 s. */
  readonly waitMs?: number;
  /** A Temporal that is away is found out sooner than one that works. */
  readonly startMs?: number;
}

/** Of one process; whoever comes on top is answered as if it had failed. */
const mostWaiting = 100;

export function createSummaryCarrier({ address, namespace, log, model, fallback, waitMs = 16_000, startMs = 2_000 }: SummaryCarrierOptions): SummaryCarrier {
  const connection = Connection.lazy({ address, connectTimeout: startMs, channelArgs: { 'grpc.initial_reconnect_backoff_ms': 250, 'grpc.max_reconnect_backoff_ms': 2_000 } });
  const client = new Client({ connection, namespace });
  let waiting = 0;

  async function carried(summary: EventSummaryInput, signal: AbortSignal): Promise<void> {
    const handle = await connection.withDeadline(Date.now() + startMs, () =>
      client.workflow.start(eventSummaryWorkflowType, {
        workflowId: eventSummaryWorkflowId(summary),
        taskQueue: eventSummaryTaskQueue,
        args: [summary],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowExecutionTimeout: '10m',
      }),
    );
    await connection.withAbortSignal(signal, () => handle.result());
  }

  return {
    model,
    fallback,
    async carry(summary, { signal }) {
      if (waiting >= mostWaiting) return;
      waiting += 1;
      const ending = AbortSignal.any([signal, AbortSignal.timeout(waitMs)]);
      try {
        await untilAborted(carried(summary, ending), ending);
      } catch (error) {
        if (!ending.aborted) log.info({ tenant: summary.tenantId, summary: summary.summaryId, err: error }, 'a summary could not be waited for');
      } finally {
        waiting -= 1;
      }
    },
    close: () => connection.close(),
  };
}

/** Calls on their way to a Temporal that is away heed no signal. */
async function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  let leave: (() => void) | undefined;
  const aborted = new Promise<void>((_, reject) => {
    leave = () => { reject(new Error('no longer waited for')); };
    signal.addEventListener('abort', leave, { once: true });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    if (leave !== undefined) signal.removeEventListener('abort', leave);
    // Left behind, it ends by its own limits.
    work.catch(() => undefined);
  }
}
