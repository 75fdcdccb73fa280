// Path patterns of holds: parsed once into bounded alternatives, matched in linear steps, and written as a pattern the database matches the same way.
export interface Glob {
  readonly text: string;
  /** One of them matches; each is a list of segments. */
  readonly alternatives: readonly (readonly Segment[])[];
}

/** Any number of segments, or one segment as a list of parts. */
export type Segment = '**' | readonly Part[];

export type Part = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'one' } | { readonly kind: 'some' };

export const globLimits = { characters: 256, wildcards: 32, alternatives: 32 } as const;

export interface GlobProblem {
  readonly kind: 'problem';
  readonly expected: string;
}

export function parseGlob(text: string): Glob | GlobProblem {
  if (text === '' || text.length > globLimits.characters) return problem(`a pattern of 1 to ${String(globLimits.characters)} characters`);
  if (text.startsWith('!')) return problem('a pattern that does not begin with "!": name what is left out as exclude_pattern');
  const expanded = expandBraces(text);
  if (!Array.isArray(expanded)) return expanded;
  const alternatives: Segment[][] = [];
  let wildcards = 0;
  for (const one of expanded) {
    const segments = parseSegments(one);
    if ('kind' in segments) return segments;
    for (const segment of segments) wildcards += segment === '**' ? 1 : segment.filter(({ kind }) => kind !== 'text').length;
    alternatives.push(segments);
  }
  if (wildcards > globLimits.wildcards) return problem(`at most ${String(globLimits.wildcards)} wildcards, counted in every alternative`);
  return { text, alternatives };
}

/** For patterns that were accepted once. */
export function globOf(text: string): Glob {
  const glob = parseGlob(text);
  if ('kind' in glob) throw new Error(`the pattern ${JSON.stringify(text)} was stored and is none`);
  return glob;
}

/** The path without slashes at its ends. */
export function globMatches({ alternatives }: Glob, path: string): boolean {
  const segments = path.split('/').map((segment) => Array.from(segment));
  return alternatives.some((alternative) => segmentsMatch(alternative, segments));
}

/** A regular expression of PostgreSQL with the same meaning. Only text that was escaped comes from the pattern. */
export function globAsSqlPattern({ alternatives }: Glob): string {
  return `^(?:${alternatives.map(alternativePattern).join('|')})$`;
}

/** Row by row: which prefixes of the path the first parts of the pattern can match. Never more steps than parts times segments. */
function segmentsMatch(pattern: readonly Segment[], path: readonly (readonly string[])[]): boolean {
  return reaches(pattern, path, { spans: (part) => part === '**', accepts: (part, segment) => part !== '**' && partsMatch(part, segment) });
}

function partsMatch(parts: readonly Part[], segment: readonly string[]): boolean {
  const single = parts.flatMap((part): SinglePart[] => (part.kind === 'text' ? Array.from(part.text, (character) => ({ character })) : [part.kind]));
  return reaches(single, segment, { spans: (part) => part === 'some', accepts: (part, character) => part === 'one' || (typeof part === 'object' && part.character === character) });
}

type SinglePart = 'one' | 'some' | { readonly character: string };

interface Rules<P, T> {
  /** Takes any number of things, none as well. */
  spans(part: P): boolean;
  accepts(part: P, thing: T): boolean;
}

function reaches<P, T>(parts: readonly P[], things: readonly T[], { spans, accepts }: Rules<P, T>): boolean {
  let reached: boolean[] = [true, ...things.map(() => false)];
  for (const part of parts) {
    const next: boolean[] = [];
    for (let place = 0; place <= things.length; place += 1) {
      const thing = things[place - 1];
      if (spans(part)) next.push(reached[place] === true || next[place - 1] === true);
      else next.push(thing !== undefined && reached[place - 1] === true && accepts(part, thing));
    }
    reached = next;
  }
  return reached.at(-1) === true;
}

function alternativePattern(segments: readonly Segment[]): string {
  let pattern = '';
  segments.forEach((segment, index) => {
    const isLast = index === segments.length - 1;
    if (segment === '**') pattern += isLast ? (index === 0 ? '.*' : '(?:/.*)?') : '(?:[^/]*/)*';
    else pattern += segmentPattern(segment) + (isLast || (index === segments.length - 2 && segments[index + 1] === '**') ? '' : '/');
  });
  return pattern;
}

function segmentPattern(parts: readonly Part[]): string {
  return parts
    .map((part) => {
      if (part.kind === 'one') return '[^/]';
      return part.kind === 'some' ? '[^/]*' : part.text.replace(/[\\^$.|?*+()[\]{}]/g, String.raw`\$&`);
    })
    .join('');
}

function parseSegments(text: string): Segment[] | GlobProblem {
  const segments: Segment[] = [];
  for (const written of text.replace(/^\/+|\/+$/g, '').split('/')) {
    if (written === '**') {
      if (segments.at(-1) !== '**') segments.push('**');
      continue;
    }
    const parts: Part[] = [];
    const characters = Array.from(written);
    for (let index = 0; index < characters.length; index += 1) {
      let character = characters[index] ?? '';
      if (character === '[' || character === ']') return problem('no "[" and "]": name the alternatives as {a,b}, or write \\[ for the character itself');
      if (character === '*' || character === '?') {
        const kind = character === '?' ? 'one' : 'some';
        if (kind === 'one' || parts.at(-1)?.kind !== 'some') parts.push({ kind });
        continue;
      }
      if (character === '\\') {
        index += 1;
        const escaped = characters[index];
        if (escaped === undefined) return problem('a character after "\\"');
        character = escaped;
      }
      const before = parts.at(-1);
      if (before?.kind === 'text') parts[parts.length - 1] = { kind: 'text', text: before.text + character };
      else parts.push({ kind: 'text', text: character });
    }
    segments.push(parts);
  }
  return segments;
}

/** `{a,b}` as two patterns; one inside another is not read. */
function expandBraces(text: string): string[] | GlobProblem {
  let expanded = [''];
  const characters = Array.from(text);
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? '';
    if (character === '\\') {
      const pair = character + (characters[index + 1] ?? '');
      index += 1;
      expanded = expanded.map((before) => before + pair);
    } else if (character === '{') {
      const choices = [''];
      for (index += 1; characters[index] !== '}'; index += 1) {
        const inner = characters[index];
        if (inner === undefined || inner === '{') return problem('every "{" closed by a "}", and none inside another');
        if (inner === ',') choices.push('');
        else if (inner === '\\') choices.push(`${choices.pop() ?? ''}\\${characters[(index += 1)] ?? ''}`);
        else choices.push((choices.pop() ?? '') + inner);
      }
      expanded = expanded.flatMap((before) => choices.map((choice) => before + choice));
      if (expanded.length > globLimits.alternatives) return problem(`at most ${String(globLimits.alternatives)} alternatives`);
    } else if (character === '}') {
      return problem('every "}" opened by a "{"');
    } else {
      expanded = expanded.map((before) => before + character);
    }
  }
  return expanded;
}

function problem(expected: string): GlobProblem {
  return { kind: 'problem', expected: `expected ${expected}` };
}
