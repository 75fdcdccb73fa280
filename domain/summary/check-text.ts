// Whether a text says only what the entries say: every pill, number and date in it is looked up in them; what cannot be looked up is refused.
import { keyOf } from './entity.ts';
import type { Entity, EntityKey } from './entity.ts';
import { entriesWith, isCountOf, mentions } from './evidence-of.ts';
import type { Named } from './evidence-of.ts';
import { isAddress, isVagueNumber, mayBeCapital } from './plain-words.ts';
import { readSentence, sentencesOf } from './read-sentence.ts';
import type { Part } from './read-sentence.ts';
import type { SummaryEntry, SummaryInput } from './summary-input.ts';

export const textProblems = ['empty', 'too long', 'no pill', 'unknown pill', 'wrong name', 'not together', 'name without a pill', 'wrong number', 'wrong date', 'nothing to check', 'not plain text', 'turns to somebody'] as const;
/** Says what is wrong without a word of the text: it may stand in logs and histories. */
export type TextProblem = (typeof textProblems)[number];

export const longestText = 4_000;

/** None means that the text may be shown. */
export function checkText(text: string, input: SummaryInput): readonly TextProblem[] {
  if (text.trim() === '') return ['empty'];
  if (text.length > longestText) return ['too long'];
  const known = new Map(input.entities.map((entity) => [keyOf(entity), entity]));
  const sentences = sentencesOf(text).map(readSentence);
  const problems = sentences.flatMap((parts) => problemsOf(parts, { known, entries: input.entries }));
  const namesAny = sentences.some((parts) => parts.some(({ kind }) => kind === 'pill'));
  if (!namesAny && known.size > 0) problems.push('no pill');
  return [...new Set(problems)];
}

interface Facts {
  readonly known: ReadonlyMap<EntityKey, Entity>;
  readonly entries: readonly SummaryEntry[];
}

function problemsOf(parts: readonly Part[], facts: Facts): TextProblem[] {
  const problems = parts.flatMap((part) => problemOfPart(part, facts));
  if (!parts.some(({ kind }) => kind === 'pill' || kind === 'number' || kind === 'date')) problems.push('nothing to check');
  // What a claim names must be known before it can be compared with entries.
  return problems.length > 0 ? problems : clausesOf(parts).flatMap((clause) => problemsOfClause(clause, facts));
}

function problemOfPart(part: Part, { known }: Facts): TextProblem[] {
  switch (part.kind) {
    case 'pill': {
      const entity = known.get(part.key as EntityKey);
      if (entity === undefined) return ['unknown pill'];
      return entity.name === part.name ? [] : ['wrong name'];
    }
    case 'word':
      if (isAddress(part.word)) return ['turns to somebody'];
      if (isVagueNumber(part.word)) return ['wrong number'];
      return /[A-Z]/.test(part.word) && !mayBeCapital(part.word) ? ['name without a pill'] : [];
    case 'other':
      return ['not plain text'];
    default:
      return [];
  }
}

/** What one person, or several in a row, are said to have done; a sentence that names nobody is one clause. */
interface Clause extends Named {
  readonly parts: readonly Part[];
}

/** "Ann added a file and Ben removed 5": what follows a person belongs to that person, and the beginning to the first; only "Ann, Ben and Zoe" are meant together. */
function clausesOf(parts: readonly Part[]): Clause[] {
  const runs: Part[][] = [[]];
  let namedPerson = false;
  let saidMore = false;
  for (const part of parts) {
    const isPerson = part.kind === 'pill' && part.type === 'user';
    if (isPerson && namedPerson && saidMore) {
      runs.push([]);
      saidMore = false;
    }
    if (isPerson) namedPerson = true;
    else if (namedPerson && !(part.kind === 'word' && part.word === 'and')) saidMore = true;
    runs.at(-1)?.push(part);
  }
  return runs.map((run) => ({ parts: run, ...namedIn(run) }));
}

function namedIn(parts: readonly Part[]): Named {
  const keys = (types: readonly string[]): EntityKey[] => parts.flatMap((part) => (part.kind === 'pill' && types.includes(part.type) ? [part.key as EntityKey] : []));
  return { people: keys(['user']), objects: keys(['file', 'folder']), places: keys(['workspace', 'share']) };
}

function problemsOfClause({ parts, people, objects, places }: Clause, { entries }: Facts): TextProblem[] {
  const theirs = entriesWith(entries, { people, objects: [], places });
  const ofObjects = entriesWith(theirs, { people: [], objects, places: [] });
  // Each thing that is named occurs together with the people and places it is named with, and each of those with some of it.
  const together = [...people, ...places].every((key) => ofObjects.some((entry) => mentions(entry, key))) && objects.every((key) => theirs.some((entry) => mentions(entry, key)));
  if (!together) return ['not together'];
  return parts.flatMap((part): TextProblem[] => {
    if (part.kind === 'number') return isCountOf(theirs, part) || isCountOf(ofObjects, part) ? [] : ['wrong number'];
    if (part.kind === 'date') return theirs.some(({ at }) => isAt(at, part)) ? [] : ['wrong date'];
    return [];
  });
}

function isAt(at: string, { day, time }: { readonly day: string | null; readonly time: string | null }): boolean {
  return (day === null || at.startsWith(day)) && (time === null || at.slice(11, 16) === time);
}
