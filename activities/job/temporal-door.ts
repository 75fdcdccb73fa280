// What the reconciler asks of Temporal: workflows and Schedules by their fixed ids. Every call has a limit.
import { Client, Connection, ScheduleAlreadyRunning, ScheduleNotFoundError, WorkflowNotFoundError, isGrpcServiceError, makeGrpcRetryInterceptor } from '@temporalio/client';
import type { ScheduleOptions, WorkflowExecutionStatusName } from '@temporalio/client';
import type { JobCarrier, JobInput } from '../../domain/job/carrier.ts';
import type { WorkflowState } from '../../domain/job/follow-row.ts';
import { isAsWished } from './schedule-form.ts';

export interface SeenWorkflow {
  readonly state: WorkflowState;
  readonly runId: string | null;
}

export interface TemporalDoor {
  see(workflowId: string): Promise<SeenWorkflow>;
  /** A workflow of this id that runs already is as good. */
  start(workflow: { readonly workflowId: string; readonly carrier: JobCarrier; readonly input: JobInput }): Promise<void>;
  /** Makes the Schedule, or puts it right where it differs. */
  settleSchedule(wished: ScheduleOptions): Promise<'made' | 'corrected' | 'as wished'>;
  /** Eventually complete: a Schedule made just now may be missing. */
  listSchedules(idPrefix: string): Promise<readonly string[]>;
  removeSchedule(scheduleId: string): Promise<void>;
  close(): Promise<void>;
}

export interface TemporalDoorOptions {
  readonly address: string;
  readonly namespace: string;
  readonly limitMs?: number;
}

/** Connects with the first call, and again whenever it has to. */
export function createTemporalDoor({ address, namespace, limitMs = 8_000 }: TemporalDoorOptions): TemporalDoor {
  const connection = Connection.lazy({ address, connectTimeout: limitMs, ...patience });
  const client = new Client({ connection, namespace });
  const limited = <T>(call: () => Promise<T>): Promise<T> => connection.withDeadline(Date.now() + limitMs, call);

  return {
    see: (workflowId) =>
      limited(async () => {
        try {
          const { status, runId } = await client.workflow.getHandle(workflowId).describe();
          return { state: stateOf(status.name), runId };
        } catch (error) {
          if (error instanceof WorkflowNotFoundError) return { state: 'absent', runId: null };
          throw error;
        }
      }),
    start: ({ workflowId, carrier: { workflowType, taskQueue }, input }) =>
      limited(async () => {
        await client.workflow.start(workflowType, {
          workflowId,
          taskQueue,
          args: [input],
          // Whether a closed one may be followed by another is for the row to say, and it has said so.
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          workflowIdConflictPolicy: 'USE_EXISTING',
        });
      }),
    settleSchedule: (wished) =>
      limited(async () => {
        const handle = client.schedule.getHandle(wished.scheduleId);
        try {
          if (isAsWished(await handle.describe(), wished)) return 'as wished';
        } catch (error) {
          if (!(error instanceof ScheduleNotFoundError)) throw error;
          return await madeOrFound(client, wished);
        }
        await handle.update(() => ({ spec: wished.spec, action: wished.action, policies: wished.policies ?? {}, state: wished.state ?? {} }));
        return 'corrected';
      }),
    listSchedules: (idPrefix) =>
      limited(async () => {
        const found: string[] = [];
        for await (const { scheduleId } of client.schedule.list({ pageSize: 1_000 })) if (scheduleId.startsWith(idPrefix)) found.push(scheduleId);
        return found;
      }),
    removeSchedule: (scheduleId) =>
      limited(async () => {
        try {
          await client.schedule.getHandle(scheduleId).delete();
        } catch (error) {
          if (!(error instanceof ScheduleNotFoundError)) throw error;
        }
      }),
    close: () => connection.close(),
  };
}

function isBusy(code: number): boolean {
  return code === codes.resourceExhausted;
}

/** Of gRPC. */
const codes = { cancelled: 1, deadlineExceeded: 4, resourceExhausted: 8, unavailable: 14 } as const;

/** Temporal answers only one question about a Schedule at a time, and sends away who asks meanwhile: other reconcilers, say. */
const askAgainWhenBusy = makeGrpcRetryInterceptor({
  retryableDecider: (attempt, { code }) => isBusy(code) && attempt < 12,
  delayFunction: (attempt) => Math.min(1_000, 50 * 1.5 ** attempt) * (0.5 + Math.random()),
});

/** Other failures are said at once, the next round is their retry; and however long Temporal was away, it is found again within seconds. */
const patience = {
  interceptors: [askAgainWhenBusy],
  channelArgs: { 'grpc.initial_reconnect_backoff_ms': 250, 'grpc.max_reconnect_backoff_ms': 2_000 },
};

/** True for a failure that the next call would meet as well: Temporal is away, or too busy. */
export function isTemporalAway(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > 4) return false;
  return (isGrpcServiceError(error) && awayCodes.has(error.code)) || isTemporalAway(error.cause, depth + 1);
}

const awayCodes: ReadonlySet<number> = new Set([codes.cancelled, codes.deadlineExceeded, codes.resourceExhausted, codes.unavailable]);

async function madeOrFound(client: Client, wished: ScheduleOptions): Promise<'made' | 'as wished'> {
  try {
    await client.schedule.create(wished);
    return 'made';
  } catch (error) {
    // Another reconciler was faster.
    if (error instanceof ScheduleAlreadyRunning) return 'as wished';
    throw error;
  }
}

function stateOf(status: WorkflowExecutionStatusName): WorkflowState {
  switch (status) {
    case 'COMPLETED':
      return 'completed';
    case 'FAILED':
      return 'failed';
    case 'CANCELLED':
      return 'cancelled';
    case 'TERMINATED':
      return 'terminated';
    case 'TIMED_OUT':
      return 'timed out';
    default:
      // Also what a newer server may call otherwise: what has not ended runs.
      return 'running';
  }
}
