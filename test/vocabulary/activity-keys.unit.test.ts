// How activity keys are written as data, filled from an entry, and shortened to their bare key.
import { describe, expect, it } from '@jest/globals';
import { bareActivityKey, compileActivityKey, fillActivityKeys } from '../../domain/vocabulary/activity-keys.ts';

describe('activity keys', () => {
  it.each([
    ['storage:fil_1', 'storage'],
    ['member:usr_1', 'members'],
    ['ai_chat:a:b', 'ai_chat'],
    ['settings', 'settings'],
    ['members', 'members'],
  ])('when the key is %s, then its bare key is %s', (key, bare) => {
    expect(bareActivityKey(key)).toBe(bare);
  });

  it('when keys are filled, then ids come from the entry and bare keys stay', () => {
    const keys = ['storage:{resource_id}', 'member:{target_user_id}', 'settings'].map(compileActivityKey);
    expect(fillActivityKeys(keys, { resource_id: 'fil_1', target_user_id: null })).toEqual(['storage:fil_1', 'members', 'settings']);
  });

  it('when a key asks for an id that no entry has, then it is refused at once', () => {
    expect(() => compileActivityKey('storage:{moon}')).toThrow('storage:{moon}');
  });
});
