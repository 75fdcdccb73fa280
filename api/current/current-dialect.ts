// The /current dialect's words: its envelope, its numbered refusals with their statuses, and how both read as Markdown.
import { z } from 'zod';
import type { LimitStanding } from '../../domain/rate-limit/rate-limits.ts';
import { refuse } from '../../domain/shared/refusal.ts';
import type { Refusal, RefusalCode } from '../../domain/shared/refusal.ts';
import type { Dialect, Problem, RefusedRequest } from '../route/dialect.ts';
import { markdownProblem, markdownType, wantsMarkdown } from './current-markdown.ts';

/** For routes that are none of the three below; what fails on our side is 1654. The activity socket is of this dialect as well. */
export const currentDialect: Dialect = { ...speaking({ name: 'current', failureNumber: 1654 }), paths: ['/current', '/api/websocket'] };
/** Searching and reading events: a failure is 1600. */
export const currentSearchDialect: Dialect = speaking({ name: 'current-search', failureNumber: 1600 });
/** Acknowledging: what could not be kept is 1664. */
export const currentAckDialect: Dialect = speaking({ name: 'current-ack', failureNumber: 1664 });
/** Polling for activity: a failure is 1665. */
export const currentPollDialect: Dialect = speaking({ name: 'current-poll', failureNumber: 1665 });

/** The envelope of every answer that carries something. */
export function currentReply<Shape extends z.ZodType>(response: Shape) {
  return z.strictObject({ result: z.literal('yes'), response });
}

/** The envelope of an answer that says only that it was done. */
export const currentDone = z.strictObject({ result: z.literal('yes') });

/** The number decides the status: readers of this dialect know no others. */
const statusByNumber = {
  1600: 500,
  1605: 400,
  1609: 404,
  1650: 401,
  1651: 400,
  1654: 500,
  1664: 500,
  1665: 500,
  1671: 429,
  1680: 403,
} as const;
type ProblemNumber = keyof typeof statusByNumber;

/** Whatever else is refused was the caller's to say otherwise. */
const numberByCode: Readonly<Partial<Record<RefusalCode, ProblemNumber | 'failure'>>> = {
  AUTH_TOKEN_MISSING: 1650,
  AUTH_TOKEN_INVALID: 1650,
  AUTH_TOKEN_EXPIRED: 1650,
  AUTH_SESSION_REVOKED: 1650,
  AUTHZ_USER_SUSPENDED: 1680,
  FORBIDDEN: 1680,
  NOT_FOUND: 1609,
  METHOD_NOT_ALLOWED: 1651,
  TOO_BUSY: 1671,
  RATE_LIMITED: 1671,
  SECOND_PERSON_REQUIRED: 1680,
  TENANT_UNKNOWN: 1650,
  UNAVAILABLE: 'failure',
  INTERNAL: 'failure',
};

interface Spoken {
  readonly name: string;
  readonly failureNumber: 1600 | 1654 | 1664 | 1665;
}

function speaking({ name, failureNumber }: Spoken): Dialect {
  const numberOf = (code: RefusalCode): ProblemNumber => {
    const number = numberByCode[code] ?? 1605;
    return number === 'failure' ? failureNumber : number;
  };
  return {
    name,
    badParams: 'VALIDATION_FAILED',
    statusOf: (code) => statusByNumber[numberOf(code)],
    noSuchPath: (path) => (path.includes('//') ? idMissing : null),
    translate: (refused) => translate(refused, numberOf(refused.refusal.code)),
    limitHeaders,
    documentProblem: (codes) => documented([...new Set(codes.map(numberOf))]),
  };
}

/** `/current/event//details/`: the path is known, and nothing stands where the id belongs. */
const idMissing: Refusal = refuse('VALIDATION_FAILED', { message: 'event_id: expected an id, but it is missing' });

function translate({ refusal, method, target }: RefusedRequest, code: ProblemNumber): Problem {
  const status = statusByNumber[code];
  const headers: Record<string, string> = {};
  if (refusal.retryAfterSeconds !== undefined) headers['retry-after'] = String(Math.ceil(refusal.retryAfterSeconds));
  if (status === 401) headers['www-authenticate'] = refusal.code === 'AUTH_TOKEN_MISSING' ? 'Bearer' : 'Bearer error="invalid_token"';
  if (!wantsMarkdown(target)) return { status, headers, body: { result: 'no', error: { code, text: refusal.message } } };
  headers['content-type'] = markdownType;
  return { status, headers, body: markdownProblem({ code, status, refusal, method, target }) };
}

/** The names its clients know, and the older ones. */
function limitHeaders({ points, remaining, resetAtMs }: LimitStanding): Record<string, string> {
  const [available, max, expires] = [String(remaining), String(points), String(Math.ceil(resetAtMs / 1000))];
  return {
    'x-ve-limit-avail': available,
    'x-ve-limit-max': max,
    'x-ve-limit-expires': expires,
    'x-rate-limit-available': available,
    'x-rate-limit-max': max,
    'x-rate-limit-expiry': expires,
  };
}

function documented(numbers: readonly ProblemNumber[]): z.ZodType {
  return z.strictObject({ result: z.literal('no'), error: z.strictObject({ code: z.literal(numbers), text: z.string() }) });
}
