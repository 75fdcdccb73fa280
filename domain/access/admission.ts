// Whether a token that is right in itself still counts: its user may come in, and neither its session nor its time was ended.
import { refuse } from '../shared/refusal.ts';
import type { Refusal } from '../shared/refusal.ts';
import type { Principal } from './principal.ts';
import { isSentAway } from './standing.ts';
import type { Standing } from './standing.ts';

/** What the database knows of a user and a session. */
export interface Admission {
  readonly standing: Standing;
  readonly sessionRevoked: boolean;
  /** Tokens issued no later count no more; null when none was ever ended this way. */
  readonly notBeforeMs: number | null;
}

type Token = Pick<Principal, 'issuedAtSeconds' | 'namesSession'>;

export function judgeAdmission({ standing, sessionRevoked, notBeforeMs }: Admission, token: Token): Refusal | null {
  if (isSentAway(standing)) return refuse('AUTHZ_USER_SUSPENDED');
  if (sessionRevoked || isBarred(notBeforeMs, token)) return refuse('AUTH_SESSION_REVOKED');
  return null;
}

function isBarred(notBeforeMs: number | null, { issuedAtSeconds, namesSession = false }: Token): boolean {
  if (notBeforeMs === null) return false;
  // A token that does not say when it was issued is judged by its session alone, and is ended where it names none.
  return issuedAtSeconds === null ? !namesSession : issuedAtSeconds * 1000 <= notBeforeMs;
}
