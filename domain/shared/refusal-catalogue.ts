// The catalogue of refusals: every code Holdfast can answer with, and the sentence the public reads when nothing more precise is said.
export const refusalCatalogue = {
  BAD_REQUEST: 'The request could not be read.',
  AUTH_TOKEN_MISSING: 'A bearer token is required.',
  AUTH_TOKEN_INVALID: 'The bearer token is not valid.',
  AUTH_TOKEN_EXPIRED: 'The bearer token has expired.',
  AUTH_SESSION_REVOKED: 'The session of this token was ended; sign in again.',
  AUTHZ_USER_SUSPENDED: 'The user of this token is not active.',
  FORBIDDEN: 'The token does not allow this.',
  NOT_FOUND: 'There is nothing here.',
  METHOD_NOT_ALLOWED: 'This path does not accept this method.',
  CONFLICT: 'The request contradicts what is stored.',
  IDEMPOTENCY_KEY_REUSED: 'The idempotency key was used before with another body.',
  CURSOR_INVALID: 'The cursor is not one of ours, or points beyond the end of the log.',
  CURSOR_MISMATCH: 'The cursor was made for another share or filter.',
  CURSOR_EXPIRED: 'The cursor points below what is kept.',
  PAYLOAD_TOO_LARGE: 'The body is larger than allowed.',
  UNSUPPORTED_MEDIA_TYPE: 'The content type is not accepted here.',
  VALIDATION_FAILED: 'Some fields are not valid.',
  TOO_BUSY: 'Too much is unanswered for this tenant; try again shortly.',
  RATE_LIMITED: 'Too many requests; try again when the window ends.',
  SECOND_PERSON_REQUIRED: 'Somebody else must do this: not who made or placed it.',
  LEGAL_HOLD_BLOCKED_DELETION: 'A legal hold keeps this from being deleted.',
  TENANT_UNKNOWN: 'The tenant of this token does not exist.',
  UNAVAILABLE: 'A part that is needed is not reachable; try again shortly.',
  INTERNAL: 'Something failed on our side.',
} as const;

export type RefusalCode = keyof typeof refusalCatalogue;
