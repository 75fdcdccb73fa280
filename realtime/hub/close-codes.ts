// The close codes of the live doors, and the one translation of a refusal into them.
import type { RefusalCode } from '../../domain/shared/refusal.ts';

export const closeCodes = {
  /** The process stops; come back in the time the reason names. */
  shutdown: 1001,
  /** The client breaks the rules of the wire: too many messages. */
  policy: 1008,
  /** The cursor of the address is none of ours, or was made for something else. */
  badCursor: 4400,
  /** No valid token, or not any more: it expired, or its session was revoked. */
  auth: 4401,
  /** Another user's device, or a profile that may not be seen (any more). */
  forbidden: 4403,
  /** Two pings were not answered. */
  pingTimeout: 4408,
  /** The same device has connected anew. */
  replaced: 4409,
  /** What the cursor points at was pruned: start again from the cursor that the last message names. */
  cursorExpired: 4410,
  /** Too slow, or too loud: come back with the last cursor. */
  tooSlow: 4429,
  /** Something failed on our side, or is away for now. */
  internal: 1011,
} as const;
export type CloseCode = (typeof closeCodes)[keyof typeof closeCodes];

/** Why a connection ends. */
export interface Ending {
  readonly code: CloseCode;
  readonly reason: string;
  /** Advice for the client: not before so many milliseconds. */
  readonly retryAfterMs?: number;
}

export function closeCodeOf(code: RefusalCode): CloseCode {
  switch (code) {
    case 'AUTH_TOKEN_MISSING':
    case 'AUTH_TOKEN_INVALID':
    case 'AUTH_TOKEN_EXPIRED':
    case 'AUTH_SESSION_REVOKED':
    case 'AUTHZ_USER_SUSPENDED':
    case 'TENANT_UNKNOWN':
      return closeCodes.auth;
    case 'FORBIDDEN':
    case 'NOT_FOUND':
      return closeCodes.forbidden;
    case 'CURSOR_INVALID':
    case 'CURSOR_MISMATCH':
      return closeCodes.badCursor;
    case 'CURSOR_EXPIRED':
      return closeCodes.cursorExpired;
    case 'TOO_BUSY':
      return closeCodes.tooSlow;
    case 'INTERNAL':
    case 'UNAVAILABLE':
      return closeCodes.internal;
    default:
      return closeCodes.policy;
  }
}
