// The door to the model: what it says about failures, whom it spares, and what never leaves it.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createModelDoor } from '../../activities/summary/model-door.ts';
import type { ModelDoorOptions } from '../../activities/summary/model-door.ts';
import { drip, endless, hang, startScriptedModel, status } from './scripted-model.ts';
import type { ScriptedModel } from './scripted-model.ts';

let model: ScriptedModel;
beforeAll(async () => {
  model = await startScriptedModel();
});
afterAll(() => model.end());

const messages = [{ role: 'user' as const, content: 'what happened?' }];
const never = new AbortController().signal;
const key = 'sk-never-shown';

function door(over: Partial<ModelDoorOptions> = {}) {
  return createModelDoor({ baseUrl: model.baseUrl, apiKey: key, model: 'm', allowed: ['127.0.0.0/8'], clock: { nowMs: () => 0 }, limitMs: 400, ...over });
}

describe('when the model answers', () => {
  it('then its text is handed on', async () => {
    model.play('  done  ');

    expect(await door().ask(messages, { signal: never })).toEqual({ kind: 'text', text: 'done' });
  });

  it('then without a key none is sent that means anything', async () => {
    model.play('done');
    await door({ apiKey: null }).ask(messages, { signal: never });

    expect(model.asked[0]?.authorization).toBe('Bearer none');
  });
});

describe('when it fails', () => {
  it.each([
    ['an error', status(500), 'status 500'],
    ['a refusal of the key', status(401), 'status 401'],
    ['too many requests', status(429), 'status 429'],
    ['no JSON', status(200, 'nonsense'), 'no text'],
    ['an answer without end', endless, 'too large'],
    ['silence', hang, 'timed out'],
    ['an answer letter by letter', drip, 'timed out'],
  ] as const)('then %s is a word and nothing more, asked once', async (_, script, why) => {
    model.play(script);
    const reply = await door({ limitMs: why === 'too large' ? 5_000 : 400 }).ask(messages, { signal: never });

    expect(reply).toEqual({ kind: 'failed', why });
    expect(model.asked).toHaveLength(1);
  });

  it('then an address nobody allowed and one where nobody listens are told apart', async () => {
    expect(await door({ allowed: [] }).ask(messages, { signal: never })).toEqual({ kind: 'failed', why: 'not allowed out' });
    expect(await door({ baseUrl: 'http://127.0.0.1:1/v1' }).ask(messages, { signal: never })).toEqual({ kind: 'failed', why: 'not reached' });
  });

  it('then after five in a row it is spared for half a minute, and asked again after it', async () => {
    let nowMs = 1_000;
    model.play(status(500));
    const spared = door({ clock: { nowMs: () => nowMs } });
    for (let count = 0; count < 7; count += 1) await spared.ask(messages, { signal: never });
    expect(model.asked).toHaveLength(5);
    nowMs += 30_000;
    model.play('back');

    expect(await spared.ask(messages, { signal: never })).toEqual({ kind: 'text', text: 'back' });
    model.play(status(500));
    await spared.ask(messages, { signal: never });
    expect(await spared.ask(messages, { signal: never })).toEqual({ kind: 'failed', why: 'status 500' });
  });

  it('then whoever asked and went away is told so, and nothing is left open', async () => {
    model.play(hang);
    const leaving = new AbortController();
    const asking = door({ limitMs: 10_000 }).ask(messages, { signal: leaving.signal });
    setImmediate(() => { leaving.abort(new Error('gone')); });

    await expect(asking).rejects.toThrow('gone');
  });
});
