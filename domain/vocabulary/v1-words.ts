// The closed word lists of the v1 dialect: categories, severities, outcomes; and how their UPPER spelling is read.
import { z } from 'zod';

export const v1Categories = [
  'authentication',
  'authorization',
  'file_access',
  'file_modification',
  'sharing',
  'admin',
  'security',
  'compliance',
] as const;
export type V1Category = (typeof v1Categories)[number];

/** From mild to grave: the place in the list is the rank. */
export const v1Severities = ['info', 'warning', 'critical'] as const;
export type V1Severity = (typeof v1Severities)[number];

export const outcomes = ['success', 'failure', 'denied'] as const;
export type Outcome = (typeof outcomes)[number];

export type EitherCase<Word extends string> = Word | Uppercase<Word>;

export const v1Category = z.enum(v1Categories);
export const v1Severity = z.enum(v1Severities);
export const outcome = z.enum(outcomes);

/** As the two above, for what comes in: lower or UPPER case, always lower afterwards. */
export const v1CategoryInput = z.enum([...v1Categories, ...v1Categories.map(upper)]).transform(lowerCategory);
export const v1SeverityInput = z.enum([...v1Severities, ...v1Severities.map(upper)]).transform(lowerSeverity);

const categoryBySpelling = bySpelling(v1Categories);
const severityBySpelling = bySpelling(v1Severities);

export function parseCategory(text: string): V1Category | null {
  return categoryBySpelling.get(text) ?? null;
}

export function parseSeverity(text: string): V1Severity | null {
  return severityBySpelling.get(text) ?? null;
}

export function lowerCategory(word: EitherCase<V1Category>): V1Category {
  return known(parseCategory(word), word);
}

export function lowerSeverity(word: EitherCase<V1Severity>): V1Severity {
  return known(parseSeverity(word), word);
}

function bySpelling<Word extends string>(words: readonly Word[]): ReadonlyMap<string, Word> {
  return new Map(
    words.flatMap((word): [string, Word][] => [
      [word, word],
      [upper(word), word],
    ]),
  );
}

function upper<Word extends string>(word: Word): Uppercase<Word> {
  return word.toUpperCase() as Uppercase<Word>;
}

function known<Word>(parsed: Word | null, spelling: string): Word {
  if (parsed === null) throw new Error(`"${spelling}" is not a word of this list`);
  return parsed;
}
