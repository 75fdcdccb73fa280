// What is asked for from outside: read into one normal form, refused by name, and cheap however hostile it is.
import { describe, expect, it } from '@jest/globals';
import { parseAddress, parseNetwork, networkText } from '../../domain/filter/address.ts';
import { filterKey } from '../../domain/filter/filter-json.ts';
import { likePattern } from '../../domain/filter/filter-sql.ts';
import { containsText, eitherOf, everything, filterOf, isIn, isWithinNetworks } from '../../domain/filter/filter.ts';
import { filterFields, filterInput, toFilter } from '../../domain/filter/filter.schema.ts';
import { matches } from '../../domain/filter/matches.ts';
import { searchText } from '../../domain/journal/search-text.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import { madeFacts } from '../journal/made-facts.ts';

const read = (input: unknown) => {
  const filter = toFilter(filterInput.parse(input));
  if (isRefusal(filter)) throw new Error(filter.message);
  return filter;
};

describe('when a filter is asked for', () => {
  it('then commas and lists mean the same, and so do any order, repetition and spelling', () => {
    const one = read({ user_id: 'b,a,a', category: 'AUTHENTICATION', q: 'NEEDLE', ip_address: '10.1.2.3/8', from: '2026-04-23T12:00:00+02:00' });
    const other = read({ from: '2026-04-23T10:00:00Z', ip_address: ['10.0.0.0/8'], q: 'needle', category: ['authentication'], user_id: ['a', 'b'] });
    expect(filterKey(one)).toBe(filterKey(other));
    expect(one).toEqual(other);
  });

  it('then what was asked is read back unchanged from its JSON', () => {
    const asked = filterInput.parse({ user_id: 'a,b', severity: 'WARNING', to: '2026-04-23T10:00:00Z' });
    expect(filterInput.parse(JSON.parse(JSON.stringify(asked)))).toEqual(asked);
  });

  it('then nothing asked for means everything', () => {
    expect(read({})).toEqual(everything);
    expect(matches(everything)({ ...madeFacts(), recordedAt: 0 })).toBe(true);
    expect(matches(eitherOf([]))({ ...madeFacts(), recordedAt: 0 })).toBe(false);
  });

  it('then a value may hold a comma in a list', () => {
    const means = matches(read({ resource_id: ['a,b'] }));
    expect(means({ ...madeFacts({ resource_id: 'a,b' }), recordedAt: 0 })).toBe(true);
    expect(means({ ...madeFacts({ resource_id: 'a' }), recordedAt: 0 })).toBe(false);
  });

  it.each([
    [{ from: '2026-04-23T10:00:00Z', to: '2026-04-23T10:00:00Z' }, 'to'],
    [{ from: '2026-04-24T10:00:00Z', to: '2026-04-23T10:00:00Z' }, 'to'],
  ])('then %j cannot be, and is refused by name', (input, field) => {
    expect(toFilter(filterInput.parse(input))).toMatchObject({ code: 'VALIDATION_FAILED', details: { fields: [{ field }] } });
    expect(toFilter(filterInput.parse(input), { at: 'filter.' })).toMatchObject({ details: { fields: [{ field: `filter.${field}` }] } });
  });
});

describe('when a text is looked for', () => {
  it('then its case does not matter, a final sigma included', () => {
    const means = (q: string, note: string) => matches(filterOf([containsText(q)]))({ ...madeFacts({ details: { note } }), recordedAt: 0 });
    expect(means('ΟΔΟΣ', 'η οδος μου')).toBe(true);
    expect(means('οδοσ', 'ΟΔΟΣ')).toBe(true);
    expect(means('ΟΔΟΣ', 'ΟΔΟΣΑ')).toBe(true);
    expect(means('İST', 'istanbul')).toBe(false);
    expect(means('İST', 'İstanbul')).toBe(true);
  });

  it('then signs of LIKE are letters like others', () => {
    expect(likePattern('100%_\\')).toBe('%100\\%\\_\\\\%');
  });

  it('then two characters are too few, also where they are four units', () => {
    expect(filterInput.safeParse({ q: '😀😀' }).success).toBe(false);
    expect(filterInput.safeParse({ q: '😀😀😀' }).success).toBe(true);
    expect(() => filterOf([containsText('ab')])).toThrow(/3 characters/);
  });
});

describe('when addresses are read', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7/32'],
    ['203.0.113.7/24', '203.0.113.0/24'],
    ['::ffff:203.0.113.7', '203.0.113.7/32'],
    ['::ffff:203.0.113.7/120', '203.0.113.0/24'],
    ['::FFFF:cb00:7107', '203.0.113.7/32'],
    ['2001:DB8::/32', '2001:db8::/32'],
    ['2001:db8::1', '2001:db8::1/128'],
    ['::/0', '::/0'],
  ])('then %s is the network %s', (text, network) => {
    const parsed = parseNetwork(text);
    expect(parsed === null ? null : networkText(parsed)).toBe(network);
  });

  it.each(['', '10.1', '010.0.0.1', '0x7f.0.0.1', '1.2.3.4/33', '1.2.3.4/08', '1.2.3.4/', '1.2.3.4/-1', '::1.2.3.4', 'fe80::1%eth0', '::ffff:1.2.3.4/64', '1::2::3', 'localhost', '1.2.3.4,5.6.7.8'])(
    'then "%s" is none',
    (text) => {
      expect(parseNetwork(text)).toBeNull();
    },
  );

  it('then an entry with no plain address lies in no network', () => {
    const means = matches(filterOf([isWithinNetworks(['0.0.0.0/0', '::/0'])]));
    for (const ip of ['unknown', '1.2.3.4/24', null]) expect(means({ ...madeFacts({ ip_address: ip }), recordedAt: 0 })).toBe(false);
    expect(parseAddress('1'.repeat(50_000))).toBeNull();
  });
});

describe('when 50 KB of hostile text come in any parameter', () => {
  const size = 50 * 1024;
  const hostile: readonly (readonly [string, string])[] = [
    ['letters', 'a'.repeat(size)],
    ['commas', ','.repeat(size)],
    ['items', 'a,'.repeat(size / 2)],
    ['colons', ':'.repeat(size)],
    ['address parts', '1:'.repeat(size / 2)],
    ['dots', '1.'.repeat(size / 2)],
    ['digits', '9'.repeat(size)],
    ['slashes', `1.2.3.4/${'0'.repeat(size)}`],
    ['zeros', `::ffff:${'0'.repeat(size)}`],
    ['signs of patterns', '%_\\'.repeat(size / 3)],
    ['spaces', ' '.repeat(size)],
    ['dashes and Ts', '2026-04-23T'.repeat(size / 11)],
    ['faces', '😀'.repeat(size / 4)],
    ['sigmas', 'Σ'.repeat(size / 2)],
  ];

  it.each(Object.keys(filterFields))('then %s is answered within 50 ms of CPU', (field) => {
    for (const [kind, text] of hostile) {
      for (const value of [text, [text], text.split(',').slice(0, 1_000)]) {
        const before = process.cpuUsage();
        const parsed = filterInput.safeParse({ [field]: value });
        const { user, system } = process.cpuUsage(before);
        expect({ field, kind, refused: !parsed.success }).toEqual({ field, kind, refused: true });
        expect({ field, kind, slow: user + system > 50_000 }).toEqual({ field, kind, slow: false });
      }
    }
  });

  it('then looking through an entry of 128 KiB for the longest text is as cheap', () => {
    const entry = { ...madeFacts({ details: { text: 'aaab'.repeat(30_000) } }), recordedAt: 0 };
    const means = matches(filterOf([containsText(`${'a'.repeat(255)}b`), isIn('outcome', ['success'])]));
    expect(searchText(entry).length).toBeGreaterThan(100_000);
    const before = process.cpuUsage();
    expect(means(entry)).toBe(false);
    const { user, system } = process.cpuUsage(before);
    expect(user + system).toBeLessThan(50_000);
  });
});
