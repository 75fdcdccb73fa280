// One sentence of a summary as the claims it makes: pills, dates, numbers with what they count, and the words between them.
import { keyOf, pillPattern } from './entity.ts';
import type { PillType } from './entity.ts';
import type { Unit } from './evidence-of.ts';
import { numberOfWord } from './plain-words.ts';

export type Part =
  | { readonly kind: 'pill'; readonly type: string; readonly key: string; readonly name: string }
  /** `2025-01-20`, or with a time of day; a bare time has no day. */
  | { readonly kind: 'date'; readonly day: string | null; readonly time: string | null }
  | { readonly kind: 'number'; readonly number: number; readonly unit: Unit }
  | { readonly kind: 'word'; readonly word: string }
  /** What no summary needs: digits glued to letters, signs, letters of other scripts. */
  | { readonly kind: 'other'; readonly text: string };

/** Sentences end at a stop or with the line; a stop inside a pill ends nothing. */
export function sentencesOf(text: string): string[] {
  const pills: string[] = [];
  const kept = text.replaceAll(pillPattern, (pill) => {
    pills.push(pill);
    return `\u{e000}${String(pills.length - 1)}\u{e001}`;
  });
  return kept
    .split(/(?<=[.!?…])(?=["')”’]*(?:\s|$))|\n/u)
    .map((sentence) => sentence.replaceAll(/\u{e000}(\d+)\u{e001}/gu, (_, index: string) => pills[Number(index)] ?? ''))
    .filter((sentence) => /[^\s.!?…"')”’]/u.test(sentence));
}

export function readSentence(sentence: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  while (at < sentence.length) {
    const found = firstMatch(sentence, at);
    if (found === null) {
      const sign = String.fromCodePoint(sentence.codePointAt(at) ?? 0);
      parts.push({ kind: 'other', text: sign });
      at += sign.length;
      continue;
    }
    at += found.match[0].length;
    const part = found.read(found.match, sentence.slice(at));
    if (part !== null) parts.push(part);
  }
  return parts;
}

interface Reader {
  readonly pattern: RegExp;
  /** Null for what says nothing. */
  read(match: RegExpExecArray, rest: string): Part | null;
}

const months = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'];
const monthName = `(${months.map((month) => `${month}|${month.slice(0, 3)}\\.?`).join('|')})`;

/** In this order: what is longer goes before what it could be taken for. */
const readers: readonly Reader[] = [
  { pattern: new RegExp(pillPattern.source, 'uy'), read: ([, type = '', id = '', name = '']) => ({ kind: 'pill', type, key: keyOf({ type: type as PillType, id }), name }) },
  {
    pattern: /(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2})(?::\d{2})?Z?)?(?![\w-]|:\d)/uy,
    read: ([, day = '', time]) => ({ kind: 'date', day, time: time ?? null }),
  },
  { pattern: /(\d{2}:\d{2})(?::\d{2})?(?!\w|:\d)/uy, read: ([, time = '']) => ({ kind: 'date', day: null, time }) },
  { pattern: new RegExp(`${monthName} (\\d{1,2})(?:st|nd|rd|th)?,? (\\d{4})(?!\\w)`, 'iuy'), read: ([, month = '', day = '', year = '']) => dateOf({ year, month, day }) },
  { pattern: new RegExp(`(\\d{1,2})(?:st|nd|rd|th)? ${monthName},? (\\d{4})(?!\\w)`, 'iuy'), read: ([, day = '', month = '', year = '']) => dateOf({ year, month, day }) },
  {
    pattern: /(\d{1,3}(?:,\d{3})+|\d{1,9})(?:st|nd|rd|th)?(?![\p{L}\p{N}_%]|[.,:]\p{N})/uy,
    read: ([, digits = ''], rest) => ({ kind: 'number', number: Number(digits.replaceAll(',', '')), unit: unitIn(rest) }),
  },
  {
    pattern: /[A-Za-z]+(?:['’][A-Za-z]+)*(?![\p{L}\p{N}\p{M}_/@\\]|\.\p{L})/uy,
    read: ([word], rest) => {
      const number = numberOfWord(word);
      return number === null ? { kind: 'word', word } : { kind: 'number', number, unit: unitIn(rest) };
    },
  },
  { pattern: /[\s,.:;!?'"()“”‘’–—…-]/uy, read: () => null },
];

function firstMatch(text: string, at: number): { readonly match: RegExpExecArray; readonly read: Reader['read'] } | null {
  for (const { pattern, read } of readers) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) return { match, read };
  }
  return null;
}

function dateOf({ year, month, day }: { readonly year: string; readonly month: string; readonly day: string }): Part {
  const number = months.findIndex((name) => name.startsWith(month.toLowerCase().slice(0, 3))) + 1;
  return { kind: 'date', day: `${year}-${String(number).padStart(2, '0')}-${day.padStart(2, '0')}`, time: null };
}

const units: readonly (readonly [Unit, RegExp])[] = [
  ['people', /^(?:people|persons?|users?|members?|actors?|colleagues|collaborators?|participants?|guests?)$/i],
  ['days', /^days?$/i],
  ['files', /^(?:files?|documents?)$/i],
  ['folders', /^folders?$/i],
  ['uncountable', /^(?:percent|hours?|minutes?|seconds?|weeks?|months?|years?|bytes?|kb|mb|gb|tb|kib|mib|gib|megabytes?|gigabytes?|kilobytes?|dollars?|euros?)$/i],
];

/** What the next word but one says still belongs to the number: "5 different people". */
function unitIn(rest: string): Unit {
  const words = /^[\s-]*([A-Za-z]+)?(?:[\s-]+([A-Za-z]+))?/u.exec(rest);
  for (const word of [words?.[1], words?.[2]]) {
    const unit = word === undefined ? undefined : units.find(([, pattern]) => pattern.test(word))?.[0];
    if (unit !== undefined) return unit;
  }
  return 'anything';
}
