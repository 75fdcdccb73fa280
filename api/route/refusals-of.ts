// Every refusal a caller of a route may meet: what its handler declares, and what the way to the handler may answer.
import type { RefusalCode } from '../../domain/shared/refusal.ts';
import type { Route } from './define-route.ts';

export function refusalsOf(route: Route): readonly RefusalCode[] {
  const codes = new Set<RefusalCode>(onTheWay(route));
  for (const code of route.refusals) codes.add(code);
  return [...codes];
}

function* onTheWay(route: Route): Generator<RefusalCode> {
  yield 'VALIDATION_FAILED';
  if (Object.keys(route.params.shape).length > 0) yield* ['BAD_REQUEST', 'NOT_FOUND'] as const;
  if (route.access !== 'public')
    yield* ['AUTH_TOKEN_MISSING', 'AUTH_TOKEN_INVALID', 'AUTH_TOKEN_EXPIRED', 'AUTH_SESSION_REVOKED', 'TENANT_UNKNOWN', 'AUTHZ_USER_SUSPENDED'] as const;
  if (typeof route.access === 'object') yield 'FORBIDDEN';
  if (route.limit !== null) yield 'RATE_LIMITED';
  if (route.method !== 'GET') yield* ['BAD_REQUEST', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', 'TOO_BUSY'] as const;
  yield* ['UNAVAILABLE', 'INTERNAL'] as const;
}
