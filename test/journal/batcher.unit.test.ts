// Gathering calls: together when they arrive together, bounded, and each answered after its own batch.
import { describe, expect, it } from '@jest/globals';
import { createBatcher } from '../../db/journal/batcher.ts';
import type { BatchMoments, BatchResult } from '../../db/journal/append-batch.ts';
import type { AppendCall } from '../../domain/journal/append-decision.ts';

function call(name: string, entries = 1): AppendCall {
  const items = Array.from({ length: entries }, () => ({ kind: 'entry' as const, prepared: { id: name, content: new Uint8Array(32), openRow: '{"a":1' }, key: null }));
  return { userId: name, partial: false, callKey: null, items };
}

/** A log that commits only when it is told to. */
function heldLog() {
  const batches: { readonly calls: AppendCall[]; readonly moments: BatchMoments; readonly commit: () => void; readonly fail: (error: Error) => void }[] = [];
  const append = (_tenant: string, given: readonly AppendCall[], moments: BatchMoments) =>
    new Promise<BatchResult>((resolve, reject) => {
      const calls = [...given];
      const commit = () => { resolve({ written: { lastSeq: 1 }, outcomes: calls.map(({ userId }) => ({ results: [{ id: userId, seq: 1, status: 'created' as const }], lastSeq: 1 })) }); };
      batches.push({ calls, moments, commit, fail: reject });
    });
  return { batches, append };
}

const names = (batches: readonly { readonly calls: readonly AppendCall[] }[]) => batches.map(({ calls }) => calls.map(({ userId }) => userId));

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('when calls arrive', () => {
  it('then those of one moment travel in one batch, and those that come meanwhile in the next', async () => {
    const { batches, append } = heldLog();
    const batcher = createBatcher({ append, onAppended: () => undefined });

    const first = [batcher.submit('t', call('a')), batcher.submit('t', call('b'))];
    await turn();
    const later = [batcher.submit('t', call('c')), batcher.submit('t', call('d'))];
    await turn();
    expect(names(batches)).toEqual([['a', 'b']]);

    batches[0]?.commit();
    await Promise.all(first);
    await turn();
    expect(batches[1]?.calls.map(({ userId }) => userId)).toEqual(['c', 'd']);
    batches[1]?.commit();
    await Promise.all(later);
  });

  it('then no answer is given before its batch has committed', async () => {
    const { batches, append } = heldLog();
    const batcher = createBatcher({ append, onAppended: () => undefined });
    let answered = false;

    const answer = batcher.submit('t', call('a')).then(() => (answered = true));
    await turn();
    await turn();
    expect(answered).toBe(false);

    batches[0]?.commit();
    await answer;
    expect(answered).toBe(true);
  });

  it('then tenants do not wait for each other', async () => {
    const { batches, append } = heldLog();
    const batcher = createBatcher({ append, onAppended: () => undefined });

    const a = batcher.submit('a', call('a'));
    await turn();
    const b = batcher.submit('b', call('b'));
    await turn();

    expect(batches).toHaveLength(2);
    batches.forEach(({ commit }) => { commit(); });
    await Promise.all([a, b]);
  });

  it('then a batch that fails fails its own calls, and the next one goes on', async () => {
    const { batches, append } = heldLog();
    const batcher = createBatcher({ append, onAppended: () => undefined });

    const lost = batcher.submit('t', call('a'));
    await turn();
    const next = batcher.submit('t', call('b'));
    batches[0]?.fail(new Error('the connection broke'));
    await expect(lost).rejects.toThrow('the connection broke');
    await turn();
    batches[1]?.commit();
    await expect(next).resolves.toMatchObject({ lastSeq: 1 });
  });

  it('then beyond the bound of what is unanswered a call is refused with an advice, and taken again later', async () => {
    const { batches, append } = heldLog();
    const batcher = createBatcher({ append, onAppended: () => undefined, unansweredEntries: 10 });

    const first = batcher.submit('t', call('a', 10));
    await turn();
    await expect(batcher.submit('t', call('b'))).resolves.toMatchObject({ code: 'TOO_BUSY', retryAfterSeconds: 1 });

    batches[0]?.commit();
    await first;
    const again = batcher.submit('t', call('b'));
    await turn();
    batches[1]?.commit();
    await expect(again).resolves.toMatchObject({ lastSeq: 1 });
  });

  it('then one call larger than the bound still goes when nothing else is unanswered', async () => {
    const { batches, append } = heldLog();
    const batcher = createBatcher({ append, onAppended: () => undefined, unansweredEntries: 5 });

    const big = batcher.submit('t', call('a', 50));
    await turn();
    batches[0]?.commit();
    await expect(big).resolves.toMatchObject({ lastSeq: 1 });
  });
});

describe('when a batch has sent what it writes', () => {
  it('then the next one asks for the lock without waiting for the answer, and no third one does', async () => {
    const { batches, append } = heldLog();
    const batcher = createBatcher({ append, onAppended: () => undefined });

    const answers = [batcher.submit('t', call('a'))];
    await turn();
    answers.push(batcher.submit('t', call('b')));
    await turn();
    expect(batches).toHaveLength(1);
    batches[0]?.moments.onSent();
    expect(names(batches)).toEqual([['a'], ['b']]);

    answers.push(batcher.submit('t', call('c')));
    await turn();
    batches[1]?.moments.onSent();
    expect(batches).toHaveLength(2);

    batches[0]?.commit();
    await turn();
    expect(names(batches)).toEqual([['a'], ['b'], ['c']]);
    batches.forEach(({ commit }) => { commit(); });
    await Promise.all(answers);
  });

  it('then with many tenants writing the next one waits, and leaves its connection to them', async () => {
    const { batches, append } = heldLog();
    const batcher = createBatcher({ append, onAppended: () => undefined, overlappedTenants: 1 });

    const answers = [batcher.submit('t', call('a')), batcher.submit('other', call('x'))];
    await turn();
    answers.push(batcher.submit('t', call('b')));
    await turn();
    batches[0]?.moments.onSent();
    expect(names(batches)).toEqual([['a'], ['x']]);

    batches[0]?.commit();
    await turn();
    expect(names(batches)).toEqual([['a'], ['x'], ['b']]);
    batches.forEach(({ commit }) => { commit(); });
    await Promise.all(answers);
  });
});

describe('when calls come while a batch waits for the lock', () => {
  it('then those that may join travel with it, are answered with it, and none passes one that may not', async () => {
    const { batches, append } = heldLog();
    const batcher = createBatcher({ append, onAppended: () => undefined });

    const answers = [batcher.submit('t', call('a'))];
    await turn();
    answers.push(...['b', 'c', 'd', 'e'].map((name) => batcher.submit('t', call(name))));
    const [first] = batches;
    first?.calls.push(...first.moments.join(({ userId }) => userId !== 'd'));
    expect(names(batches)).toEqual([['a', 'b', 'c']]);

    first?.commit();
    await expect(answers[2]).resolves.toMatchObject({ results: [{ id: 'c' }] });
    expect(names(batches)).toEqual([['a', 'b', 'c'], ['d', 'e']]);
    batches[1]?.commit();
    await Promise.all(answers);
  });

  it('then a batch takes no more entries than a batch may have', async () => {
    const { batches, append } = heldLog();
    const batcher = createBatcher({ append, onAppended: () => undefined, batchEntries: 10 });

    const answers = [batcher.submit('t', call('a', 6))];
    await turn();
    answers.push(batcher.submit('t', call('b', 4)), batcher.submit('t', call('c', 1)));
    batches[0]?.calls.push(...batches[0].moments.join(() => true));
    expect(names(batches)).toEqual([['a', 'b']]);

    batches[0]?.commit();
    await answers[0];
    await turn();
    batches[1]?.commit();
    await Promise.all(answers);
  });

  it('then one that has joined a batch that fails fails with it', async () => {
    const { batches, append } = heldLog();
    const batcher = createBatcher({ append, onAppended: () => undefined });

    const answers = [batcher.submit('t', call('a'))];
    await turn();
    answers.push(batcher.submit('t', call('b')));
    batches[0]?.moments.join(() => true);
    batches[0]?.fail(new Error('the connection broke'));

    await expect(Promise.allSettled(answers)).resolves.toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
  });
});

describe('when the batcher closes', () => {
  it('then what was taken in is answered and nothing more is taken in', async () => {
    const { batches, append } = heldLog();
    const batcher = createBatcher({ append, onAppended: () => undefined });

    const open = batcher.submit('t', call('a'));
    const closed = batcher.close();
    await expect(batcher.submit('t', call('b'))).resolves.toMatchObject({ code: 'UNAVAILABLE' });
    await turn();
    batches[0]?.commit();
    await closed;
    await expect(open).resolves.toMatchObject({ lastSeq: 1 });
  });
});
