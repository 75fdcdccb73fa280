// Gathers the calls that arrive at once for one tenant into batches; a call is answered when its batch has committed.
import type { AppendCall, AppendReceipt } from '../../domain/journal/append-decision.ts';
import { refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import type { BatchResult } from './append-batch.ts';

export interface BatcherOptions {
  readonly append: (tenantId: string, calls: readonly AppendCall[]) => Promise<BatchResult>;
  readonly onAppended: (tenantId: string, lastSeq: number) => void;
  /** A batch takes calls until it has so many entries; a single call may be larger and then goes alone. */
  readonly batchEntries?: number;
  /** Beyond these bounds of what is unanswered, a tenant's further calls are refused. */
  readonly unansweredEntries?: number;
  readonly unansweredBytes?: number;
}

export interface Batcher {
  submit(tenantId: string, call: AppendCall): Promise<AppendReceipt | Refusal>;
  /** Answers what was taken in, and takes in nothing more. */
  close(): Promise<void>;
}

export function createBatcher({
  append,
  onAppended,
  batchEntries = 2_000,
  unansweredEntries = 20_000,
  unansweredBytes = 64 * 1024 * 1024,
}: BatcherOptions): Batcher {
  const lanes = new Map<string, Lane>();
  let closing = false;

  function submit(tenantId: string, call: AppendCall): Promise<AppendReceipt | Refusal> {
    if (closing) return Promise.resolve(refuse('UNAVAILABLE', { message: 'The service is stopping.', retryAfterSeconds: 1 }));
    const lane = lanes.get(tenantId) ?? newLane();
    const weight = weigh(call);
    const full = lane.entries + weight.entries > unansweredEntries || lane.bytes + weight.bytes > unansweredBytes;
    // An empty lane takes any call the door has let through: it could never be sent otherwise.
    if (full && lane.entries > 0) return Promise.resolve(refuse('TOO_BUSY', { retryAfterSeconds: 1 }));
    lanes.set(tenantId, lane);
    lane.entries += weight.entries;
    lane.bytes += weight.bytes;
    return new Promise((resolve, reject) => {
      lane.waiting.push({ call, weight, resolve, reject });
      // One turn of the loop later, whatever else has arrived by then travels with it.
      lane.running ??= nextTurn().then(() => drain(tenantId, lane));
    });
  }

  async function drain(tenantId: string, lane: Lane): Promise<void> {
    while (lane.waiting.length > 0) {
      const batch = takeBatch(lane.waiting, batchEntries);
      try {
        const { outcomes, lastSeq } = await append(
          tenantId,
          batch.map(({ call }) => call),
        );
        if (lastSeq !== null) onAppended(tenantId, lastSeq);
        for (const [index, { resolve, reject }] of batch.entries()) {
          const outcome = outcomes[index];
          if (outcome === undefined) reject(new Error('a call of the batch was left without an outcome'));
          else resolve(outcome);
        }
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
      for (const { weight } of batch) {
        lane.entries -= weight.entries;
        lane.bytes -= weight.bytes;
      }
    }
    lane.running = undefined;
    lanes.delete(tenantId);
  }

  async function close(): Promise<void> {
    closing = true;
    await Promise.all([...lanes.values()].map(({ running }) => running ?? Promise.resolve()));
  }

  return { submit, close };
}

interface Weight {
  readonly entries: number;
  readonly bytes: number;
}

interface Waiting {
  readonly call: AppendCall;
  readonly weight: Weight;
  readonly resolve: (outcome: AppendReceipt | Refusal) => void;
  readonly reject: (error: unknown) => void;
}

interface Lane {
  waiting: Waiting[];
  running: Promise<void> | undefined;
  entries: number;
  bytes: number;
}

function newLane(): Lane {
  return { waiting: [], running: undefined, entries: 0, bytes: 0 };
}

function takeBatch(waiting: Waiting[], batchEntries: number): Waiting[] {
  let entries = 0;
  let calls = 0;
  for (const { weight } of waiting) {
    if (calls > 0 && entries + weight.entries > batchEntries) break;
    entries += weight.entries;
    calls += 1;
  }
  return waiting.splice(0, calls);
}

function weigh(call: AppendCall): Weight {
  let bytes = 0;
  for (const item of call.items) if (item.kind === 'entry') bytes += item.prepared.openRow.length;
  return { entries: call.items.length, bytes };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
