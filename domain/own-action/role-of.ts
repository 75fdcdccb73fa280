// What a caller's scopes make of them, in one word of the internal log.
import type { Principal } from '../access/principal.ts';
import { hasAnyScope } from '../access/scopes.ts';

export function roleOf(principal: Pick<Principal, 'scopes'>): string {
  if (hasAnyScope(principal, ['tenant:admin'])) return 'admin';
  if (hasAnyScope(principal, ['compliance:manage'])) return 'compliance_officer';
  if (hasAnyScope(principal, ['audit:read'])) return 'auditor';
  return hasAnyScope(principal, ['events:write']) ? 'producer' : 'user';
}
