// Patterns of holds: what they match, that a library of the same language agrees, and that none can be made expensive.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import picomatch from 'picomatch';
import { globLimits, globMatches, globOf, parseGlob } from '../../domain/held/glob.ts';
import { testSeed } from '../harness/seed.ts';

describe('a pattern', () => {
  it.each([
    ['**/*.docx', 'a.docx', true],
    ['**/*.docx', 'x/y/a.docx', true],
    ['**/*.docx', 'x/y/a.DOCX', false],
    ['Trash/**', 'Trash', true],
    ['Trash/**', 'Trash/a/b', true],
    ['Trash/**', 'Trashy/a', false],
    ['Trash/**', 'old/Trash/a', false],
    ['*', '.env', true],
    ['*', 'a/b', false],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b', true],
    ['a/?.txt', 'a/é.txt', true],
    ['a/?.txt', 'a/ab.txt', false],
    ['*.{doc,docx}', 'a.docx', true],
    ['{a,b/c}/*.txt', 'b/c/d.txt', true],
    ['/a/*', 'a/b', true],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'axb', false],
    ['Report (1).docx', 'Report (1).docx', true],
    ['**', 'any/thing/at all', true],
  ])('when it is %s and the path %s, then it matches: %s', (pattern, path, expected) => {
    expect(globMatches(globOf(pattern), path)).toBe(expected);
  });

  it.each(['', '!a', '[a-z]', '{a', 'a}', '{a,{b,c}}', 'a\\', 'x'.repeat(globLimits.characters + 1), '*/'.repeat(globLimits.wildcards + 1), '{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}'])(
    'when it is %s, then it is refused with what is expected',
    (pattern) => {
      expect(parseGlob(pattern)).toMatchObject({ kind: 'problem', expected: expect.stringMatching(/^expected /) });
    },
  );

  const seed = testSeed();
  it(`when paths are drawn, then picomatch matches the same (seed ${String(seed)})`, () => {
    const name = fc.constantFrom('a', 'b', 'ab', 'a.txt', '.a', 'Trash', 'é');
    const segment = fc.constantFrom('*', '?', 'a*', '*.txt', '**', 'a', 'ab', '{a,ab}', 'Trash', '*a*');
    const pattern = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(pattern, path, (text, value) => {
        // Of a last `**` after a wildcard the library says that it takes one segment at least, after a name that it may take none: ours may always take none.
        fc.pre(!/[*?}][^/]*\/\*\*(?:\/\*\*)*$/.test(text));
        expect({ text, value, matches: globMatches(globOf(text), value) }).toEqual({ text, value, matches: picomatch.isMatch(value, text, { dot: true }) });
      }),
      { seed, numRuns: 2_000 },
    );
  });

  it('when it is as hard as allowed and the path as long as allowed, then it is decided at once', () => {
    const glob = globOf(`${'*a'.repeat(globLimits.wildcards)}b`);
    const startMs = performance.now();
    expect(globMatches(glob, 'a'.repeat(4_096))).toBe(false);
    expect(performance.now() - startMs).toBeLessThan(500);
  });
});
