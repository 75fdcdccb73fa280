// Gathers the calls that arrive at once for one tenant into batches; a call is answered when its batch has committed.
import type { AppendCall, AppendReceipt } from '../../domain/journal/append-decision.ts';
import { refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import type { BatchMoments, BatchResult, Written } from './append-batch.ts';

export interface BatcherOptions {
  readonly append: (tenantId: string, calls: readonly AppendCall[], moments: BatchMoments) => Promise<BatchResult>;
  readonly onAppended: (tenantId: string, written: Written) => void;
  /** A batch takes calls until it has so many entries; a single call may be larger and then goes alone. */
  readonly batchEntries?: number;
  /** Beyond these bounds of what is unanswered, a tenant's further calls are refused. */
  readonly unansweredEntries?: number;
  readonly unansweredBytes?: number;
  /** With more tenants writing than this, each has one batch under way: connections are then better spent on another log. */
  readonly overlappedTenants?: number;
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
  overlappedTenants = 4,
}: BatcherOptions): Batcher {
  const lanes = new Map<string, Lane>();
  let closing = false;
  let onIdle = (): void => undefined;

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
      if (lane.gathering) return;
      lane.gathering = true;
      // One turn of the loop later, whatever else has arrived by then travels with it.
      setImmediate(() => {
        lane.gathering = false;
        startBatch(tenantId, lane);
      });
    });
  }

  /** While one batch commits the next one already waits for the lock: the log does not stand still for a round trip between them. */
  function startBatch(tenantId: string, lane: Lane): void {
    const limit = lanes.size > overlappedTenants ? 1 : 2;
    if (lane.waiting.length === 0 || lane.unsent || lane.underWay >= limit) return;
    const batch = takeBatch(lane.waiting, batchEntries);
    lane.underWay += 1;
    lane.unsent = true;
    let sent = false;
    const onSent = (): void => {
      if (sent) return;
      sent = true;
      lane.unsent = false;
      startBatch(tenantId, lane);
    };
    const join = (mayJoin: (call: AppendCall) => boolean): readonly AppendCall[] => {
      const joined = takeJoining(lane.waiting, { mayJoin, entries: batchEntries - countEntries(batch) });
      batch.push(...joined);
      return joined.map(({ call }) => call);
    };
    void carry(tenantId, batch, { join, onSent }).then((answer) => {
      for (const { weight } of batch) {
        lane.entries -= weight.entries;
        lane.bytes -= weight.bytes;
      }
      lane.underWay -= 1;
      answer();
      onSent();
      startBatch(tenantId, lane);
      if (lane.underWay > 0 || lane.waiting.length > 0) return;
      lanes.delete(tenantId);
      if (lanes.size === 0) onIdle();
    });
  }

  /** Never rejects: what it gives tells each call its own outcome. */
  async function carry(tenantId: string, batch: readonly Waiting[], moments: BatchMoments): Promise<() => void> {
    try {
      const calls = batch.map(({ call }) => call);
      const { outcomes, written } = await append(tenantId, calls, moments);
      if (written !== null) onAppended(tenantId, written);
      return () => {
        for (const [index, { resolve, reject }] of batch.entries()) {
          const outcome = outcomes[index];
          if (outcome === undefined) reject(new Error('a call of the batch was left without an outcome'));
          else resolve(outcome);
        }
      };
    } catch (error) {
      return () => {
        for (const { reject } of batch) reject(error);
      };
    }
  }

  function close(): Promise<void> {
    closing = true;
    return new Promise((resolve) => {
      onIdle = resolve;
      if (lanes.size === 0) resolve();
    });
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
  readonly waiting: Waiting[];
  /** A turn of the loop is being waited for, for calls to come together. */
  gathering: boolean;
  /** The newest batch has not yet sent what it writes. */
  unsent: boolean;
  underWay: number;
  entries: number;
  bytes: number;
}

function newLane(): Lane {
  return { waiting: [], gathering: false, unsent: false, underWay: 0, entries: 0, bytes: 0 };
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

/** In the order in which they came; a call that may not join lets no later one past it. */
function takeJoining(waiting: Waiting[], { mayJoin, entries }: { readonly mayJoin: (call: AppendCall) => boolean; readonly entries: number }): Waiting[] {
  let left = entries;
  let calls = 0;
  for (const { call, weight } of waiting) {
    if (weight.entries > left || !mayJoin(call)) break;
    left -= weight.entries;
    calls += 1;
  }
  return waiting.splice(0, calls);
}

function countEntries(batch: readonly Waiting[]): number {
  return batch.reduce((sum, { weight }) => sum + weight.entries, 0);
}

function weigh(call: AppendCall): Weight {
  let bytes = 0;
  for (const item of call.items) if (item.kind === 'entry') bytes += item.prepared.openRow.length;
  return { entries: call.items.length, bytes };
}
