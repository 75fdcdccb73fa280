// Random entries and random filters over one small world, so that they meet often enough to say something.
import fc from 'fast-check';
import { characterCount, filterOf, textFields } from '../../domain/filter/filter.ts';
import type { Condition, Filter, TextField } from '../../domain/filter/filter.ts';
import type { EntryFacts } from '../../domain/journal/entry.ts';
import { madeFacts } from '../journal/made-facts.ts';

/** Hostile to patterns, to case folding, to arrays and to SQL. */
const words = ['alpha', 'Alpha', 'ALPHA beta', '100%', '50_50', 'back\\slash', "o'hara", 'ΟΔΟΣ', 'οδος', 'straße', 'İstanbul', 'a,b', '{x}', '"quoted"', 'NULL', '日本語テスト', '😀😀😀', '  spaces  ', '42'];
const wellFormed = ['203.0.113.7', '203.0.113.200', '10.0.0.1', '::ffff:10.0.0.1', '::FFFF:203.0.113.7', '::ffff:a00:1', '2001:db8::1', '2001:DB8:0:0:0:0:0:1', '2001:db8:1::', 'fe80::1', '::', '::1', '0.0.0.0', '255.255.255.255'];
const notPlain = ['010.0.0.1', '10.1', '1.2.3.4/24', '::1.2.3.4', 'fe80::1%eth0', 'unknown', '1::2::3', '1:2:3:4:5:6:7:8:9', '256.1.1.1', ':', '12345::', '64:ff9b::10.0.0.1', '1.2.3.4 ', '::ffff:010.0.0.1'];
const networks = ['203.0.113.7', '203.0.113.0/24', '10.0.0.0/8', '10.0.0.5/30', '0.0.0.0/0', '::/0', '::ffff:10.0.0.0/104', '2001:db8::/32', '2001:db8::1', '2001:db8::/127', 'fe80::/10', '::ffff:203.0.113.7', '::1/128'];
const instants = ['2026-04-23T10:15:02Z', '2026-04-23T10:15:02.000001Z', '2026-04-23T10:15:02.5Z', '2026-04-23T12:15:02.500+02:00', '2026-04-23T10:15:03Z', '2024-02-29T00:00:00Z', '1999-12-31T23:59:59.999999Z'];

const word = fc.constantFrom(...words);
const address = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...wellFormed) }, { weight: 1, arbitrary: fc.constantFrom(...notPlain) }, { weight: 1, arbitrary: fc.ipV4() }, { weight: 1, arbitrary: fc.ipV6() });
const detail = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, word, fc.integer({ min: -5, max: 12_345 }), fc.boolean(), fc.constant(null), fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(fc.constantFrom('a', 'alpha', 'b'), tie('value'), { maxKeys: 3 })),
})).value;

/** Facts beside those of every entry; fields stay empty often. */
export const randomFacts: fc.Arbitrary<EntryFacts> = fc
  .record({
    texts: fc.array(fc.tuple(fc.constantFrom(...textFields.filter((field) => field !== 'id' && field !== 'ip_address' && field !== 'change_type')), word), { maxLength: 12 }),
    ip_address: fc.option(address, { freq: 3 }),
    event_time: fc.constantFrom(...instants),
    details: fc.option(fc.dictionary(fc.constantFrom('a', 'alpha', 'b', 'note'), detail, { maxKeys: 3 })),
  })
  .map(({ texts, ip_address, event_time, details }) => {
    const given = { ...Object.fromEntries(texts), ip_address, event_time: new Date(event_time).toISOString() === event_time ? event_time : utc(event_time), details } as Partial<EntryFacts>;
    return madeFacts(given);
  });

const exact: fc.Arbitrary<Condition> = fc.record({
  field: fc.constantFrom<TextField>(...textFields),
  op: fc.constant('in' as const),
  values: fc.array(fc.oneof(word, fc.constantFrom('success', 'file_modification', 'share', 'member', 'usr_1', 'file.create'), fc.constantFrom(...wellFormed)), { minLength: 1, maxLength: 4 }),
});
const within: fc.Arbitrary<Condition> = fc.record({
  field: fc.constant('ip_address' as const),
  op: fc.constant('ip' as const),
  values: fc.array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...networks) }, { weight: 1, arbitrary: fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([base, bits]) => `${base}/${String(bits)}`) }), { minLength: 1, maxLength: 3 }),
});
const inTime: fc.Arbitrary<Condition> = fc.record({
  field: fc.constantFrom('event_time' as const, 'event_time' as const, 'recorded_at' as const),
  op: fc.constantFrom('from' as const, 'to' as const),
  values: fc.tuple(fc.oneof(fc.constantFrom(...instants), fc.constant('2099-01-01T00:00:00Z'))),
});
const part = fc.tuple(word, fc.nat(4), fc.nat(6)).map(([whole, cut, length]) => {
  const characters = Array.from(whole);
  return characters.slice(Math.min(cut, Math.max(0, characters.length - 3))).slice(0, 3 + length).join('');
});
const containing: fc.Arbitrary<Condition> = fc.record({
  field: fc.constant('search_text' as const),
  op: fc.constant('text' as const),
  values: fc.tuple(fc.oneof(word, part, part.map((text) => text.toUpperCase()), fc.constantFrom('create', '2026', '%%%', '___', '\\\\\\', 'usr_', '234')).filter((text) => characterCount(text) >= 3)),
});

export const randomFilter: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter; condition: Condition }>((tie) => ({
  filter: fc.array(tie('condition'), { maxLength: 3 }).map(filterOf),
  condition: fc.oneof({ maxDepth: 3, withCrossShrink: true }, exact, within, inTime, containing, fc.array(tie('filter'), { maxLength: 3 }).map((filters): Condition => ({ either: filters }))),
})).filter;

/** As the journal writes instants; the digits below a millisecond are kept. */
function utc(instant: string): string {
  const fraction = /\.(\d+)/.exec(instant)?.[1] ?? '';
  const whole = new Date(instant.replace(/\.\d+/, '')).toISOString().slice(0, 19);
  const digits = fraction.replace(/0+$/, '');
  return digits === '' ? `${whole}Z` : `${whole}.${digits}Z`;
}
