// What becomes of the calls of one batch, decided under the log's lock: created, duplicate, rejected or refused, each for itself.
import { refuse } from '../shared/refusal.ts';
import type { FieldProblem, Refusal, RefusalCode } from '../shared/refusal.ts';
import type { PreparedEntry } from './prepared-entry.ts';

/** Hashes as hexadecimal text. */
export interface IdempotencyKey {
  readonly keyHash: string;
  readonly bodyHash: string;
}

export interface ItemError {
  readonly code: RefusalCode;
  readonly message: string;
  readonly fields?: readonly FieldProblem[];
}

export type AppendItem =
  | { readonly kind: 'entry'; readonly prepared: PreparedEntry; readonly key: IdempotencyKey | null }
  | { readonly kind: 'rejected'; readonly error: ItemError };

export interface AppendCall {
  /** Whose standing is judged under the lock: nothing of a suspended user is stored after the suspension. */
  readonly userId: string;
  readonly partial: boolean;
  readonly callKey: IdempotencyKey | null;
  readonly items: readonly AppendItem[];
}

export interface ItemResult {
  readonly id: string | null;
  readonly seq: number | null;
  readonly status: 'created' | 'duplicate' | 'rejected';
  readonly error?: ItemError;
}

export interface AppendReceipt {
  readonly results: readonly ItemResult[];
  readonly lastSeq: number | null;
}

export interface StoredKey {
  readonly bodyHash: string;
  readonly results: readonly ItemResult[];
}

export interface NewKey extends StoredKey {
  readonly keyHash: string;
}

export interface AppendDecision {
  readonly created: readonly PreparedEntry[];
  readonly newKeys: readonly NewKey[];
  readonly outcomes: readonly (AppendReceipt | Refusal)[];
}

export interface AppendSituation {
  readonly calls: readonly AppendCall[];
  readonly lastSeq: number;
  readonly storedKeys: ReadonlyMap<string, StoredKey>;
  readonly inactiveUsers: ReadonlySet<string>;
}

/** A refusal touches its own call only: the calls beside it in the batch are decided as if it had never come. */
export function decideAppend({ calls, lastSeq, storedKeys, inactiveUsers }: AppendSituation): AppendDecision {
  const batch: Batch = { created: [], newKeys: [], known: new Map(storedKeys), lastSeq };
  const outcomes = calls.map((call) =>
    inactiveUsers.has(call.userId) ? refuse('AUTHZ_USER_SUSPENDED') : decideCall(call, batch),
  );
  return { created: batch.created, newKeys: batch.newKeys, outcomes };
}

interface Batch {
  readonly created: PreparedEntry[];
  readonly newKeys: NewKey[];
  readonly known: Map<string, StoredKey>;
  readonly lastSeq: number;
}

function decideCall(call: AppendCall, batch: Batch): AppendReceipt | Refusal {
  if (call.callKey !== null) {
    const before = batch.known.get(call.callKey.keyHash);
    if (before !== undefined) {
      return before.bodyHash === call.callKey.bodyHash ? receipt(before.results.map(asDuplicate)) : refuse('IDEMPOTENCY_KEY_REUSED');
    }
  }

  const staged: PreparedEntry[] = [];
  const stagedKeys = new Map<string, NewKey>();
  const results: ItemResult[] = [];
  const conflicts: number[] = [];
  for (const [index, item] of call.items.entries()) {
    if (item.kind === 'rejected') {
      results.push({ id: null, seq: null, status: 'rejected', error: item.error });
      continue;
    }
    const { prepared, key } = item;
    if (key !== null) {
      const here = stagedKeys.get(key.keyHash);
      if (here !== undefined && here.bodyHash !== key.bodyHash) return reusedKey([index]);
      const before = here ?? batch.known.get(key.keyHash);
      if (before !== undefined && before.bodyHash === key.bodyHash) {
        results.push(...before.results.map(asDuplicate));
        continue;
      }
      if (before !== undefined) {
        conflicts.push(index);
        results.push({ id: null, seq: null, status: 'rejected', error: reusedKeyError });
        continue;
      }
    }
    staged.push(prepared);
    const result: ItemResult = { id: prepared.id, seq: batch.lastSeq + batch.created.length + staged.length, status: 'created' };
    results.push(result);
    if (key !== null) stagedKeys.set(key.keyHash, { ...key, results: [result] });
  }

  const nothingAccepted = results.length > 0 && results.every(({ status }) => status === 'rejected');
  if (conflicts.length > 0 && (!call.partial || nothingAccepted)) return reusedKey(conflicts);
  if (call.callKey !== null) stagedKeys.set(call.callKey.keyHash, { ...call.callKey, results });
  batch.created.push(...staged);
  for (const [keyHash, key] of stagedKeys) {
    batch.newKeys.push(key);
    batch.known.set(keyHash, key);
  }
  return receipt(results);
}

const reusedKeyError: ItemError = {
  code: 'IDEMPOTENCY_KEY_REUSED',
  message: 'The idempotency key was used before with another body.',
  fields: [{ field: 'idempotency_key', expected: 'a key not used before with another body' }],
};

function reusedKey(indexes: readonly number[]): Refusal {
  return refuse('IDEMPOTENCY_KEY_REUSED', { details: { entries: indexes.map((index) => ({ index, fields: reusedKeyError.fields })) } });
}

function receipt(results: readonly ItemResult[]): AppendReceipt {
  const seqs = results.flatMap(({ seq }) => (seq === null ? [] : [seq]));
  return { results, lastSeq: seqs.length === 0 ? null : seqs.reduce((a, b) => Math.max(a, b)) };
}

function asDuplicate(result: ItemResult): ItemResult {
  return result.status === 'created' ? { ...result, status: 'duplicate' } : result;
}
