// From the issues of a schema to fields and what each expected: one phrase per field, all of them at once.
import type { z } from 'zod';
import type { FieldProblem } from '../../domain/shared/refusal.ts';
import { fieldPath } from './field-path.ts';

/** How many problems one answer names at most. */
export const problemLimit = 100;

/**
 * Checks a value; `problems` is empty when it fits. `at` stands before every field (`events[3]`).
 * A schema's own message is used where it has one, otherwise the phrase is made from the issue.
 */
export function check<Schema extends z.ZodType>(
  schema: Schema,
  { value, rootName, at = [] }: { readonly value: unknown; readonly rootName: string; readonly at?: readonly PropertyKey[] },
): Checked<z.output<Schema>> {
  const parsed = schema.safeParse(value, phrasedByUs);
  if (parsed.success) return { problems: [], value: parsed.data };
  const problems = parsed.error.issues.flatMap((issue) => problemsOf(issue, { rootName, at }));
  return { problems: problems.slice(0, problemLimit) };
}

export type Checked<Value> =
  { readonly problems: readonly []; readonly value: Value } | { readonly problems: readonly FieldProblem[]; readonly value?: undefined };

const phrasedByUs = { error: expectedPhrase };

function problemsOf(
  issue: z.core.$ZodIssue,
  { rootName, at }: { readonly rootName: string; readonly at: readonly PropertyKey[] },
): FieldProblem[] {
  const path = [...at, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ field: fieldPath({ path: [...path, key], rootName }), expected: issue.message }));
  }
  const meant = issue.code === 'invalid_union' ? theOneThatWasMeant(issue.errors) : undefined;
  if (meant !== undefined) return meant.flatMap((inner) => problemsOf(inner, { rootName, at: path }));
  return [{ field: fieldPath({ path, rootName }), expected: issue.message }];
}

/** Of several shapes, the only one whose outer form fits: its own problems say more than that none of all fitted. */
function theOneThatWasMeant(shapes: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] | undefined {
  const wrongInsideOnly = shapes.filter((issues) => issues.every(({ path }) => path.length > 0));
  const rightKind = shapes.filter((issues) => issues.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'));
  return [wrongInsideOnly, rightKind].find((fitting) => fitting.length === 1)?.[0];
}

function expectedPhrase(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? `expected ${typePhrase(issue.expected)}, but it is missing`
        : `expected ${typePhrase(issue.expected)}`;
    case 'too_small':
      return boundPhrase({ issue, bound: `at least ${String(issue.minimum)}`, open: `more than ${String(issue.minimum)}` });
    case 'too_big':
      return boundPhrase({ issue, bound: `at most ${String(issue.maximum)}`, open: `less than ${String(issue.maximum)}` });
    case 'invalid_format':
      return issue.pattern === undefined || issue.format !== 'regex'
        ? `expected ${issue.format}`
        : `expected text that matches ${issue.pattern}`;
    case 'invalid_value':
      return `expected ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`;
    case 'unrecognized_keys':
      return 'expected no such field';
    case 'invalid_union':
      return unionPhrase(issue);
    case 'not_multiple_of':
      return `expected a multiple of ${String(issue.divisor)}`;
    default:
      return 'expected another value';
  }
}

function typePhrase(expected: string): string {
  return typePhrases[expected] ?? `a value of type ${expected}`;
}

const typePhrases: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  null: 'null',
};

interface BoundIssue {
  readonly origin: string;
  readonly inclusive?: boolean | undefined;
}

function boundPhrase({ issue, bound, open }: { readonly issue: BoundIssue; readonly bound: string; readonly open: string }): string {
  const amount = issue.inclusive === false ? open : bound;
  if (issue.origin === 'string') return `expected ${amount} characters`;
  if (issue.origin === 'array' || issue.origin === 'set') return `expected ${amount} items`;
  return `expected ${amount}`;
}

function unionPhrase(issue: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidUnion>): string {
  if (Array.isArray(issue.options)) return `expected one of ${issue.options.map(String).join(', ')}`;
  const firsts = issue.errors.map((alternative) => alternative.find(({ path }) => path.length === 0)?.message.replace(/^expected /, ''));
  const known = [...new Set(firsts.filter((phrase) => phrase !== undefined))];
  if (known.length > 0) return `expected ${known.join(', or ')}`;
  const fields = [...new Set(issue.errors.flatMap((alternative) => alternative.slice(0, 1).map(({ path }) => String(path[0]))))];
  return fields.length === 0 ? 'expected another value' : `expected ${fields.join(' or ')}`;
}
