// What a refused call of one of our own actions is in the internal log: denied, failed, or nothing to tell.
import type { Refusal } from '../shared/refusal.ts';
import { ownActions } from './own-actions.ts';
import type { OwnActionName } from './own-actions.ts';

export interface RefusedAction {
  readonly action: OwnActionName;
  readonly refusal: Pick<Refusal, 'code'>;
  /** True when "not there" may just as well mean "not for you". */
  readonly mayBeHidden: boolean;
}

export interface OutcomeOfRefusal {
  readonly outcome: 'denied' | 'failure';
  readonly code: string;
}

export function outcomeOfRefusal({ action, refusal: { code }, mayBeHidden }: RefusedAction): OutcomeOfRefusal | null {
  if (untold.has(code)) return null;
  const denied = deniedAs.get(code);
  if (denied !== undefined) return { outcome: 'denied', code: denied };
  if (code === 'NOT_FOUND' && mayBeHidden) return { outcome: 'denied', code: 'ENTITY_NOT_FOUND' };
  return { outcome: 'failure', code: `${ownActions[action].stem}_${endings.get(code) ?? 'ERROR'}` };
}

export function codeOfFailure(action: OwnActionName): string {
  return `${ownActions[action].stem}_ERROR`;
}

const deniedAs: ReadonlyMap<string, string> = new Map([
  ['FORBIDDEN', 'ACCESS_DENIED'],
  ['AUTHZ_USER_SUSPENDED', 'ACCESS_DENIED'],
  ['SECOND_PERSON_REQUIRED', 'SECOND_PERSON_REQUIRED'],
]);

const endings: ReadonlyMap<string, string> = new Map([
  ['NOT_FOUND', 'NOT_FOUND'],
  ['CONFLICT', 'CONFLICT'],
  ['VALIDATION_FAILED', 'INVALID'],
  ['BAD_REQUEST', 'INVALID'],
]);

/**
 * Who was told to come back later has not been refused and has not failed. A blocked deletion is told of by the guard itself.
 * Nobody is known who could be named where the token was not accepted.
 */
const untold: ReadonlySet<string> = new Set([
  'TOO_BUSY',
  'RATE_LIMITED',
  'METHOD_NOT_ALLOWED',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'LEGAL_HOLD_BLOCKED_DELETION',
  'AUTH_TOKEN_MISSING',
  'AUTH_TOKEN_INVALID',
  'AUTH_TOKEN_EXPIRED',
  'AUTH_SESSION_REVOKED',
  'TENANT_UNKNOWN',
]);
