// A refusal as a value: what a decision or a store answers when the caller's wish is understood and not granted.
import { refusalCatalogue } from './refusal-catalogue.ts';
import type { RefusalCode } from './refusal-catalogue.ts';

export type { RefusalCode } from './refusal-catalogue.ts';

/** One field that is wrong: where it is and what was expected there. */
export interface FieldProblem {
  readonly field: string;
  readonly expected: string;
}

export interface Refusal {
  readonly kind: 'refused';
  readonly code: RefusalCode;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds?: number;
}

export interface RefusalMore {
  readonly message?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds?: number;
}

export function refuse(code: RefusalCode, more: RefusalMore = {}): Refusal {
  return {
    kind: 'refused',
    code,
    message: more.message ?? refusalCatalogue[code],
    ...(more.details === undefined ? {} : { details: more.details }),
    ...(more.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: more.retryAfterSeconds }),
  };
}

export function refuseFields(problems: readonly FieldProblem[]): Refusal {
  const first = problems[0];
  const message = first === undefined ? refusalCatalogue.VALIDATION_FAILED : `${first.field}: ${first.expected}`;
  return refuse('VALIDATION_FAILED', { message, details: { fields: problems } });
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'refused';
}
