// Guards the recorder: it tries again within bounds, tells of what it loses, and never fails whoever records.
import { describe, expect, it } from '@jest/globals';
import { createRecorder } from '../../db/own-action/recorder.ts';
import type { RecorderOptions } from '../../db/own-action/recorder.ts';
import type { AppendCall, AppendReceipt } from '../../domain/journal/append-decision.ts';
import { refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { madeFacts } from '../journal/made-facts.ts';

const kept: AppendReceipt = { results: [], lastSeq: 1 };

function recorderOver(answers: (AppendReceipt | Refusal | Error | Promise<AppendReceipt>)[], options: Partial<RecorderOptions> = {}) {
  const calls: AppendCall[] = [];
  const lost: unknown[] = [];
  const recorder = createRecorder({
    journal: {
      prepare: ({ id }) => ({ id, content: new Uint8Array(), openRow: '' }),
      submit: async (_tenantId, call) => {
        calls.push(call);
        const answer = await (answers.length > 1 ? answers.shift() : answers[0]);
        if (answer instanceof Error) throw answer;
        return answer ?? kept;
      },
    },
    onLost: ({ reason }) => lost.push(reason),
    retryDelaysMs: [1, 1],
    ...options,
  });
  return { recorder, calls, lost };
}

describe('createRecorder', () => {
  it('when the log takes the entry, then it is written once, and nobody’s standing is asked for', async () => {
    const { recorder, calls, lost } = recorderOver([kept]);
    await recorder.record('t', madeFacts());
    expect(calls).toMatchObject([{ userId: '', callKey: null }]);
    expect(lost).toEqual([]);
  });

  it('when the log is busy or away for a moment, then it is tried again', async () => {
    const { recorder, calls, lost } = recorderOver([refuse('TOO_BUSY'), new Error('away'), kept]);
    await recorder.record('t', madeFacts());
    expect(calls).toHaveLength(3);
    expect(lost).toEqual([]);
  });

  it('when it stays away, then the entry is given up, told of, and nothing is thrown', async () => {
    const away = new Error('away');
    const { recorder, calls, lost } = recorderOver([away]);
    await recorder.record('t', madeFacts());
    expect(calls).toHaveLength(3);
    expect(lost).toEqual([away]);
  });

  it('when there is no such log, then it is not tried again', async () => {
    const { recorder, calls, lost } = recorderOver([refuse('TENANT_UNKNOWN')]);
    await recorder.record('t', madeFacts());
    expect(calls).toHaveLength(1);
    expect(lost).toEqual(['TENANT_UNKNOWN']);
  });

  it('when too much waits, then what comes beyond is lost at once, of one tenant before of all', async () => {
    const gate = Promise.withResolvers<AppendReceipt>();
    const { recorder, lost } = recorderOver([gate.promise], { waiting: 3, waitingOfTenant: 2 });
    const waiting = [recorder.record('a', madeFacts()), recorder.record('a', madeFacts())];
    await recorder.record('a', madeFacts());
    expect(lost).toHaveLength(1);
    waiting.push(recorder.record('b', madeFacts()));
    await recorder.record('c', madeFacts());
    expect(lost).toHaveLength(2);
    gate.resolve(kept);
    await Promise.all(waiting);
    await recorder.record('a', madeFacts());
    expect(lost).toHaveLength(2);
  });

  it('when it is closed while entries wait for another try, then they are tried once more at once, and it ends', async () => {
    const { recorder, calls, lost } = recorderOver([refuse('TOO_BUSY'), kept], { retryDelaysMs: [60_000] });
    const recorded = recorder.record('t', madeFacts());
    await recorder.close();
    await recorded;
    expect(calls).toHaveLength(2);
    expect(lost).toEqual([]);
    await recorder.record('t', madeFacts());
    expect(lost).toHaveLength(1);
  });
});
