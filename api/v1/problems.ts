// The v1 dialect's words for a refusal: the one translation of codes to HTTP statuses and to the v1 error body.
import { z } from 'zod';
import type { Refusal, RefusalCode } from '../../domain/shared/refusal.ts';
import type { Dialect, Problem } from '../route/dialect.ts';

export const v1Dialect: Dialect = {
  name: 'v1',
  paths: ['/api/v1'],
  statusOf: (code) => statusByCode[code],
  translate,
  documentProblem: (codes) => z.intersection(v1Problem, z.looseObject({ error: z.looseObject({ code: z.enum(codes) }) })),
};

const v1Problem = z
  .strictObject({
    detail: z.string(),
    error: z.strictObject({ code: z.string(), message: z.string(), details: z.looseObject({}).optional() }),
    meta: z.strictObject({ request_id: z.string() }),
  })
  .meta({ id: 'V1Problem' });

const statusByCode = {
  BAD_REQUEST: 400,
  AUTH_TOKEN_MISSING: 401,
  AUTH_TOKEN_INVALID: 401,
  AUTH_TOKEN_EXPIRED: 401,
  AUTH_SESSION_REVOKED: 401,
  AUTHZ_USER_SUSPENDED: 403,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  CONFLICT: 409,
  IDEMPOTENCY_KEY_REUSED: 409,
  CURSOR_INVALID: 400,
  CURSOR_MISMATCH: 400,
  CURSOR_EXPIRED: 410,
  FILES_EXPIRED: 410,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  VALIDATION_FAILED: 422,
  TOO_BUSY: 429,
  RATE_LIMITED: 429,
  SECOND_PERSON_REQUIRED: 403,
  LEGAL_HOLD_BLOCKED_DELETION: 409,
  TENANT_UNKNOWN: 401,
  UNAVAILABLE: 503,
  INTERNAL: 500,
} as const satisfies Readonly<Record<RefusalCode, number>>;

function translate({ refusal, requestId }: { readonly refusal: Refusal; readonly requestId: string }): Problem {
  const { code, message, details } = refusal;
  const status = statusByCode[code];
  return {
    status,
    headers: problemHeaders({ refusal, status }),
    body: {
      detail: message,
      error: { code, message, ...(details === undefined ? {} : { details }) },
      meta: { request_id: requestId },
    },
  };
}

function problemHeaders({ refusal, status }: { readonly refusal: Refusal; readonly status: number }): Record<string, string> {
  const headers: Record<string, string> = {};
  if (refusal.retryAfterSeconds !== undefined) headers['retry-after'] = String(Math.ceil(refusal.retryAfterSeconds));
  if (status === 401) headers['www-authenticate'] = refusal.code === 'AUTH_TOKEN_MISSING' ? 'Bearer' : 'Bearer error="invalid_token"';
  return headers;
}
