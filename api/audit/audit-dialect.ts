// The /api dialect's words for a refusal: a sentence and a code, each route with a code of its own for what fails.
import { z } from 'zod';
import type { Refusal, RefusalCode } from '../../domain/shared/refusal.ts';
import type { Dialect, Problem, RefusedRequest } from '../route/dialect.ts';

/** Where no route stands, and for routes without a code of their own. */
export const apiDialect: Dialect = { ...auditDialect({ failureCode: 'INTERNAL_ERROR' }), paths: ['/api'] };

/** `failureCode` is what the routes of this dialect call a failure on our side. */
export function auditDialect({ failureCode }: { readonly failureCode: string }): Dialect {
  const wordsOf = (code: RefusalCode): Words => {
    const words = wordsByCode[code] ?? notFitting;
    return words === 'failure' ? { status: code === 'UNAVAILABLE' ? 503 : 500, code: failureCode } : words;
  };
  return {
    name: `audit-${failureCode}`,
    statusOf: (code) => wordsOf(code).status,
    translate: (refused) => translate(refused, wordsOf(refused.refusal.code)),
    documentProblem: (codes) =>
      z.strictObject({
        error: z.string(),
        code: z.enum([...new Set(codes.map((code) => wordsOf(code).code))]),
        reason: z.string().optional(),
        requestId: z.string().optional(),
      }),
  };
}

interface Words {
  readonly status: number;
  readonly code: string;
  /** Said instead of the refusal's own sentence, which then is the reason. */
  readonly error?: string;
}

const notFitting: Words = { status: 400, code: 'INVALID_REQUEST' };
const noAdmin: Words = { status: 401, code: 'ADMIN_AUTH_REQUIRED', error: 'Admin authentication required' };
const denied: Words = { status: 403, code: 'ACCESS_DENIED', error: 'Access denied' };
const limited: Words = { status: 429, code: 'RATE_LIMITED' };

const wordsByCode: Readonly<Partial<Record<RefusalCode, Words | 'failure'>>> = {
  AUTH_TOKEN_MISSING: noAdmin,
  AUTH_TOKEN_INVALID: noAdmin,
  AUTH_TOKEN_EXPIRED: noAdmin,
  AUTH_SESSION_REVOKED: noAdmin,
  TENANT_UNKNOWN: noAdmin,
  AUTHZ_USER_SUSPENDED: denied,
  FORBIDDEN: denied,
  NOT_FOUND: { status: 404, code: 'NOT_FOUND' },
  METHOD_NOT_ALLOWED: { status: 405, code: 'METHOD_NOT_ALLOWED' },
  TOO_BUSY: limited,
  RATE_LIMITED: limited,
  UNAVAILABLE: 'failure',
  INTERNAL: 'failure',
};

function translate({ refusal, requestId }: RefusedRequest, { status, code, error }: Words): Problem {
  // The two answers to a caller who is not let in have exactly these fields: dashboards compare them.
  const more = status === 401 ? {} : status === 403 ? { reason: refusal.message } : { requestId };
  return { status, headers: headersOf(refusal), body: { error: error ?? refusal.message, code, ...more } };
}

function headersOf({ code, retryAfterSeconds }: Refusal): Readonly<Record<string, string>> {
  return {
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterSeconds)) }),
    ...(code.startsWith('AUTH_') ? { 'www-authenticate': 'Bearer' } : {}),
  };
}
