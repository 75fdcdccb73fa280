// What becomes of the calls of one batch.
import { describe, expect, it } from '@jest/globals';
import { decideAppend } from '../../domain/journal/append-decision.ts';
import type { AppendCall, AppendItem, AppendReceipt, IdempotencyKey, StoredKey } from '../../domain/journal/append-decision.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';

const nobody: ReadonlySet<string> = new Set();

function entry(id: string, key: IdempotencyKey | null = null): AppendItem {
  return { kind: 'entry', prepared: { id, content: new Uint8Array(32), openRow: '{' }, key };
}

function call(items: readonly AppendItem[], different: Partial<AppendCall> = {}): AppendCall {
  return { userId: 'usr_1', partial: false, callKey: null, items, ...different };
}

function decide(calls: readonly AppendCall[], { lastSeq = 0, stored = new Map<string, StoredKey>(), inactive = nobody } = {}) {
  return decideAppend({ calls, lastSeq, storedKeys: stored, inactiveUsers: inactive });
}

function receipt(outcome: AppendReceipt | Refusal | undefined): AppendReceipt {
  if (outcome === undefined || isRefusal(outcome)) throw new Error(`expected a receipt, got ${JSON.stringify(outcome)}`);
  return outcome;
}

const rejectedItem: AppendItem = { kind: 'rejected', error: { code: 'VALIDATION_FAILED', message: 'no' } };
const key = (name: string, body = 'a'): IdempotencyKey => ({ keyHash: name, bodyHash: body });

describe('when calls meet in one batch', () => {
  it('then each entry gets the next seq after the head, call by call', () => {
    const { outcomes, created } = decide([call([entry('a'), entry('b')]), call([entry('c')])], { lastSeq: 41 });

    expect(outcomes.map((one) => receipt(one).results.map(({ id, seq, status }) => [id, seq, status]))).toEqual([
      [['a', 42, 'created'], ['b', 43, 'created']],
      [['c', 44, 'created']],
    ]);
    expect(receipt(outcomes[0]).lastSeq).toBe(43);
    expect(created.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  it('then a refused call takes no seq and hurts no neighbour', () => {
    const stored = new Map([['k', { bodyHash: 'other', results: [{ id: 'x', seq: 7, status: 'created' as const }] }]]);
    const { outcomes, created } = decide([call([entry('a')]), call([entry('b'), entry('c', key('k'))]), call([entry('d')])], { lastSeq: 10, stored });

    expect(outcomes[1]).toMatchObject({ kind: 'refused', code: 'IDEMPOTENCY_KEY_REUSED', details: { entries: [{ index: 1 }] } });
    expect(receipt(outcomes[2]).results).toMatchObject([{ id: 'd', seq: 12 }]);
    expect(created.map(({ id }) => id)).toEqual(['a', 'd']);
  });

  it('then the same key in a later call of the batch answers with the entry of the earlier one', () => {
    const { outcomes, created } = decide([call([entry('a', key('k'))]), call([entry('b', key('k'))])]);

    expect(receipt(outcomes[1]).results).toEqual([{ id: 'a', seq: 1, status: 'duplicate' }]);
    expect(created).toHaveLength(1);
  });

  it('then a key of a refused call is free for the next one', () => {
    const { outcomes } = decide([call([entry('a', key('k')), entry('b', key('k', 'other'))]), call([entry('c', key('k', 'third'))])]);

    expect(outcomes[0]).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    expect(receipt(outcomes[1]).results).toMatchObject([{ id: 'c', status: 'created' }]);
  });
});

describe('when an idempotency key comes again', () => {
  const stored = new Map<string, StoredKey>([
    ['entry', { bodyHash: 'a', results: [{ id: 'x', seq: 3, status: 'created' }] }],
    ['call', { bodyHash: 'a', results: [{ id: 'x', seq: 3, status: 'created' }, { id: null, seq: null, status: 'rejected', error: { code: 'VALIDATION_FAILED', message: 'no' } }] }],
  ]);

  it('then the same body gets the first answer, as a duplicate', () => {
    const { outcomes, created, newKeys } = decide([call([entry('new', key('entry'))])], { lastSeq: 9, stored });

    expect(receipt(outcomes[0])).toEqual({ results: [{ id: 'x', seq: 3, status: 'duplicate' }], lastSeq: 3 });
    expect([created, newKeys]).toEqual([[], []]);
  });

  it('then another body is refused for the whole call, unless the call takes part by part', () => {
    const items = [entry('new'), entry('bad', key('entry', 'b'))];
    const whole = decide([call(items)], { stored });
    const partly = decide([call(items, { partial: true })], { stored });

    expect(whole.outcomes[0]).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    expect(receipt(partly.outcomes[0]).results).toMatchObject([{ status: 'created' }, { id: null, status: 'rejected', error: { code: 'IDEMPOTENCY_KEY_REUSED' } }]);
  });

  it('then two bodies under one key in one call are refused even part by part', () => {
    const { outcomes } = decide([call([entry('a', key('k', 'a')), entry('b', key('k', 'b'))], { partial: true })]);

    expect(outcomes[0]).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED', details: { entries: [{ index: 1 }] } });
  });

  it('then one body twice under one key in one call is stored once', () => {
    const { outcomes, created } = decide([call([entry('a', key('k')), entry('b', key('k'))])]);

    expect(receipt(outcomes[0]).results).toEqual([{ id: 'a', seq: 1, status: 'created' }, { id: 'a', seq: 1, status: 'duplicate' }]);
    expect(created).toHaveLength(1);
  });

  it('then the key of a whole call gives the whole first answer, rejections included', () => {
    const { outcomes } = decide([call([entry('n1'), rejectedItem], { callKey: key('call'), partial: true })], { stored });

    expect(receipt(outcomes[0]).results.map(({ status, id }) => [status, id])).toEqual([['duplicate', 'x'], ['rejected', null]]);
  });

  it('then the key of a whole call with another body is refused', () => {
    expect(decide([call([entry('n')], { callKey: key('call', 'b') })], { stored }).outcomes[0]).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });
});

describe('when the user of a call is not active', () => {
  it('then nothing of that call is stored, and the others are', () => {
    const { outcomes, created } = decide([call([entry('a')], { userId: 'gone' }), call([entry('b')])], { inactive: new Set(['gone']) });

    expect(outcomes[0]).toMatchObject({ code: 'AUTHZ_USER_SUSPENDED' });
    expect(receipt(outcomes[1]).lastSeq).toBe(1);
    expect(created.map(({ id }) => id)).toEqual(['b']);
  });
});

describe('when a call takes part by part', () => {
  it('then rejected entries have neither id nor seq and the rest are numbered without a hole', () => {
    const { outcomes } = decide([call([rejectedItem, entry('a'), rejectedItem, entry('b')], { partial: true })]);

    expect(receipt(outcomes[0]).results.map(({ seq }) => seq)).toEqual([null, 1, null, 2]);
  });
});
