// Somebody who manages compliance, for tests that act below the doors.
import type { Principal } from '../../domain/access/principal.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';

export interface Officer {
  readonly principal: Principal;
  readonly requestId: string;
}

export function officerOf(tenantId: string, userId = 'officer'): Officer {
  const scopes = new Set(['compliance:manage']);
  const nothing = { email: null, name: null, groups: [], issuedAtSeconds: null, serviceAccount: null, idp: null, entities: null };
  return { principal: { ...nothing, tenantId, userId, scopes, sessionId: 's', namesSession: true, expiresAtSeconds: 9e9 }, requestId: 'r' };
}

export function granted<T>(answer: T | Refusal): T {
  if (isRefusal(answer)) throw new Error(`${answer.code}: ${answer.message}`);
  return answer;
}
