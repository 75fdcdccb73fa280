// JSON from outside, read strictly: nothing that would arrive in the log as something else than was sent.
import { isUtf8 } from 'node:buffer';
import { ingestLimits } from '../../domain/journal/ingest-limits.ts';
import { isDeeperThan } from '../../domain/shared/json.ts';
import { refuse, refuseFields } from '../../domain/shared/refusal.ts';
import type { FieldProblem, Refusal } from '../../domain/shared/refusal.ts';
import { fieldPath } from './field-path.ts';
import { problemLimit } from './field-problems.ts';
import { textProblem } from './storable-text.ts';

/** As deep as the details of an entry may be, and what stands around them (the entry, its list, the body), and one more: that is refused as the entry’s. */
export const nestingLimit = ingestLimits.detailsLevels + 4;

export type ParsedJson =
  | { readonly kind: 'value'; readonly value: unknown }
  /** Not JSON at all. */
  | { readonly kind: 'malformed'; readonly expected: string }
  /** JSON, with values that cannot be kept as they were sent. */
  | { readonly kind: 'unfit'; readonly problems: readonly FieldProblem[] };

export interface PlaceInRequest {
  /** What the whole value is called. */
  readonly rootName: string;
  /** Where the value stands, when it is one of several: `['events', 3]`. */
  readonly at?: readonly PropertyKey[];
}

/**
 * Refuses numbers that a double changes, NUL, lone surrogates and too many levels, naming each field. A key `__proto__` stays an ordinary key of its own.
 * Ordinary text costs one `JSON.parse`, two scans and a walk over its containers.
 */
export function parseJson(text: string, place: PlaceInRequest): ParsedJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { kind: 'malformed', expected: `expected JSON (${withoutText(error.message)})` };
  }
  const isDeep = isDeeperThan(value, nestingLimit);
  if (!isDeep && !mayHoldUnfitNumber(text) && !mayHoldUnfitText(text)) return { kind: 'value', value };
  // Parsing with a function recurses once a level: a text that is too deep would overflow the stack.
  const problems = problemsIn(isDeep ? value : JSON.parse(text, markUnfitNumbers), place);
  return problems.length === 0 ? { kind: 'value', value } : { kind: 'unfit', problems };
}

/** Bytes that are not UTF-8 are refused, never replaced; a byte order mark stays, and is no JSON. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  return isUtf8(bytes) ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8') : null;
}

/** The refusal of a body that is one JSON value. */
export function refuseJson(parsed: Exclude<ParsedJson, { kind: 'value' }>): Refusal {
  if (parsed.kind === 'unfit') return refuseFields(parsed.problems);
  return refuse('BAD_REQUEST', { message: `The body is not JSON: ${parsed.expected}.` });
}

function mayHoldUnfitNumber(text: string): boolean {
  return manyDigits.test(text) && suspiciousNumber.test(text);
}

function mayHoldUnfitText(text: string): boolean {
  return text.includes('\\u') && suspiciousEscape.test(text);
}

// Most texts hold neither; the exact question costs four times as much and is asked of the rest only.
const manyDigits = /\d{16}|\d[eE][+-]?\d{3}/;
// Numbers stand at the start, or after a colon, a comma or a bracket. The same may stand inside a string: then the slow way finds nothing.
const suspiciousNumber = /(?:^|[:,[])\s*-?(?:\d{16}|\d+(?:\.\d+)?[eE][+-]?\d{3}|\d+\.\d{300})/;
const suspiciousEscape = /\\u(?:0000|[dD][89a-fA-F])/;

class UnfitNumber {
  readonly expected: string;

  constructor(expected: string) {
    this.expected = expected;
  }
}

interface ReviverContext {
  readonly source?: string;
}

// TypeScript's own declaration of a reviver does not know the third argument yet.
const markUnfitNumbers: (key: string, value: unknown) => unknown = (_key: string, value: unknown, context?: ReviverContext): unknown => {
  if (typeof value !== 'number' || context?.source === undefined) return value;
  const expected = numberProblem({ value, source: context.source });
  return expected === null ? value : new UnfitNumber(expected);
};

function numberProblem({ value, source }: { readonly value: number; readonly source: string }): string | null {
  if (!Number.isFinite(value)) return 'expected a number within the range of a double';
  if (value === 0 && /[1-9]/.test(source.replace(/[eE].*$/, ''))) return 'expected a number within the range of a double';
  if (/^-?\d+$/.test(source) && BigInt(source) !== BigInt(value))
    return 'expected a whole number that a double holds exactly; send it as text';
  return null;
}

function problemsIn(value: unknown, { rootName, at = [] }: PlaceInRequest): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const path: PropertyKey[] = [...at];

  const complain = (expected: string): void => {
    if (problems.length < problemLimit) problems.push({ field: wellFormed(fieldPath({ path, rootName })), expected });
  };

  const visit = (inner: unknown, levels: number): void => {
    if (typeof inner === 'string') {
      const expected = textProblem(inner);
      if (expected !== null) complain(expected);
    } else if (inner instanceof UnfitNumber) {
      complain(inner.expected);
    } else if (typeof inner === 'object' && inner !== null) {
      if (levels === 0) {
        complain(`expected at most ${String(nestingLimit)} levels`);
        return;
      }
      visitInside(inner, levels - 1);
    }
  };

  const visitInside = (container: object, levels: number): void => {
    if (Array.isArray(container)) {
      container.forEach((inner: unknown, index) => {
        path.push(index);
        visit(inner, levels);
        path.pop();
      });
      return;
    }
    for (const [key, inner] of Object.entries(container)) {
      path.push(key);
      const expected = textProblem(key);
      if (expected !== null) complain(`${expected} in the name of a field`);
      visit(inner, levels);
      path.pop();
    }
  };

  visit(value, nestingLimit);
  return problems;
}

/** The name of a wrong field goes into our own answer, which must be right. */
function wellFormed(field: string): string {
  return field.replaceAll('\0', '\\u0000').toWellFormed();
}

/** The parser quotes what it read; an error must not repeat a secret of the body. */
function withoutText(message: string): string {
  const position = /at position \d+(?: \(line \d+ column \d+\))?/.exec(message);
  if (position !== null) return position[0];
  return /end of JSON/.test(message) ? 'it ends too early' : 'it has another form';
}
