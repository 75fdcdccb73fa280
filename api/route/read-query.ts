// The query string as names and values: each name once, decoded strictly.
import type { FieldProblem } from '../../domain/shared/refusal.ts';
import { textProblem } from './storable-text.ts';

export interface QueryRead {
  readonly values: Readonly<Record<string, string>>;
  readonly problems: readonly FieldProblem[];
}

/** Takes the request's target; the values are still strings. */
export function readQuery(target: string): QueryRead {
  const mark = target.indexOf('?');
  if (mark === -1 || mark === target.length - 1) return nothing;
  const values = Object.create(null) as Record<string, string>;
  const problems: FieldProblem[] = [];
  for (const pair of target.slice(mark + 1).split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals === -1 ? pair : pair.slice(0, equals));
    const value = decode(equals === -1 ? '' : pair.slice(equals + 1));
    const problem = problemOf({ name, value, values });
    if (problem !== null) problems.push({ field: name ?? 'query', expected: problem });
    else if (name !== null && value !== null) values[name] = value;
  }
  return { values, problems };
}

const nothing: QueryRead = { values: {}, problems: [] };

function problemOf({
  name,
  value,
  values,
}: {
  name: string | null;
  value: string | null;
  values: Readonly<Record<string, string>>;
}): string | null {
  if (name === null || value === null) return 'expected percent-encoded UTF-8';
  const inText = textProblem(value) ?? textProblem(name);
  if (inText !== null) return inText;
  return name in values ? 'expected once' : null;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}
