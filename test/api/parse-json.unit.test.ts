// JSON from outside: what is kept is what was sent, and what cannot be kept is refused by name.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeUtf8, nestingLimit, parseJson } from '../../api/route/parse-json.ts';

const place = { rootName: 'body' };

function problemsOf(text: string): unknown {
  const parsed = parseJson(text, place);
  return parsed.kind === 'unfit' ? parsed.problems : parsed;
}

function nested(levels: number): string {
  return `${'['.repeat(levels)}${']'.repeat(levels)}`;
}

describe('parseJson', () => {
  it('when any value is written as JSON, then it is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 8 }).filter((text) => !text.includes('\\u')),
        (text) => {
          const parsed = parseJson(text, place);
          // Doubles beyond 2^53 print as integers that they hold exactly or not; those that they do not are refused on purpose.
          if (parsed.kind !== 'unfit') expect(parsed).toEqual({ kind: 'value', value: JSON.parse(text) });
        },
      ),
      { seed: 1 },
    );
  });

  it.each([
    '9007199254740992',
    '-9007199254740992',
    '18014398509481984',
    '0.1',
    '1e21',
    '1.5e300',
    '0',
    '-0',
    '0e999',
    '1e-300',
    '0.00000000000000000001',
    '1234567890.12345678901234567890',
  ])('when a number is %s, then it is taken', (source) => {
    expect(parseJson(`{"n": ${source}}`, place)).toEqual({ kind: 'value', value: { n: Number(source) } });
  });

  it.each([
    '9007199254740993',
    '-9007199254740993',
    '12345678901234567890',
    '100000000000000000000000',
    `1${'0'.repeat(400)}`,
    '1e999',
    '-1e999',
    '1e-999',
    `0.${'0'.repeat(400)}1`,
  ])('when a number is %s, then it is refused by the name of its field', (source) => {
    expect(problemsOf(`{"a": [{"n": ${source}}]}`)).toEqual([{ field: 'a[0].n', expected: expect.stringContaining('double') }]);
  });

  it('when digits of that length stand in a string, then they are taken', () => {
    const value = { id: '12345678901234567890', text: ':12345678901234567890,1e999' };

    expect(parseJson(JSON.stringify(value), place)).toEqual({ kind: 'value', value });
  });

  it.each([
    [String.raw`{"a": "x\u0000y"}`, 'a', 'expected no NUL character'],
    [String.raw`{"a": ["\ud83d"]}`, 'a[0]', 'expected no lone surrogate'],
    [String.raw`{"a": "\uDE00\uD83D"}`, 'a', 'expected no lone surrogate'],
    [String.raw`"\u0000"`, 'body', 'expected no NUL character'],
    [String.raw`{"a": {"x\u0000": 1}}`, String.raw`a["x\u0000"]`, 'expected no NUL character in the name of a field'],
  ])('when a text is %s, then the field is named', (text, field, expected) => {
    expect(problemsOf(text)).toEqual([{ field, expected }]);
  });

  it.each([String.raw`"\ud83d\ude00"`, String.raw`"\\u0000"`, String.raw`"\\ud83d"`])(
    'when %s only looks like it, then it is taken',
    (text) => {
      expect(parseJson(text, place)).toEqual({ kind: 'value', value: JSON.parse(text) });
    },
  );

  it('when several values are wrong, then all are named at once', () => {
    expect(problemsOf(String.raw`{"a": 1e999, "b": {"c": "\u0000"}, "d": [1, 12345678901234567890]}`)).toEqual([
      { field: 'a', expected: expect.any(String) },
      { field: 'b.c', expected: expect.any(String) },
      { field: 'd[1]', expected: expect.any(String) },
    ]);
  });

  it('when it nests as deep as allowed, then it is taken; one level more is refused', () => {
    expect(parseJson(nested(nestingLimit), place).kind).toBe('value');
    expect(problemsOf(`{"deep": ${nested(nestingLimit)}}`)).toEqual([
      { field: expect.stringMatching(/^deep\[0\]/), expected: 'expected at most 68 levels' },
    ]);
  });

  it('when it nests half a million levels deep, then it is refused and nothing falls over', () => {
    expect(parseJson(nested(500_000), place).kind).toBe('unfit');
    expect(parseJson(`[1e999, "\\u0000", ${nested(500_000)}]`, place).kind).toBe('unfit');
  });

  it('when a key is __proto__, then it is a key like any other and changes no prototype', () => {
    const parsed = parseJson('{"__proto__": {"polluted": 1e2}, "n": 12345678901234}', place);

    expect(parsed.kind).toBe('value');
    expect(Object.keys((parsed as { value: object }).value)).toEqual(['__proto__', 'n']);
    expect('polluted' in {}).toBe(false);
  });

  it.each(['', '{', '{"a": 1,}', 'undefined', '{"a": 01}', '[1] x', '\ufeff{}', "{'a': 1}"])(
    'when the text is %j, then it is no JSON',
    (text) => {
      expect(parseJson(text, place).kind).toBe('malformed');
    },
  );

  it('when it is no JSON, then the answer repeats nothing of it', () => {
    expect(JSON.stringify(parseJson('{"password": hunter2}', place))).not.toContain('hunter2');
  });

  it('when a value is one of several, then its place stands before every field', () => {
    expect(parseJson('{"n": 1e999}', { rootName: 'body', at: ['events', 3] })).toMatchObject({ problems: [{ field: 'events[3].n' }] });
  });
});

describe('decodeUtf8', () => {
  it.each([[[0xff]], [[0xc0, 0x80]], [[0xed, 0xa0, 0x80]], [[0xe2, 0x82]]])('when the bytes are %j, then they are no text', (bytes) => {
    expect(decodeUtf8(Uint8Array.from(bytes))).toBeNull();
  });

  it('when the bytes are UTF-8, then they are its text', () => {
    expect(decodeUtf8(Buffer.from('größer 😀'))).toBe('größer 😀');
  });
});
