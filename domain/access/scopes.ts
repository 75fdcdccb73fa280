// What a scope allows: which of the scopes a token carries count for a scope that is asked for.
import type { Principal, Scope } from './principal.ts';

/** True when the token carries one of the scopes asked for, or one that reaches further. */
export function hasAnyScope(principal: Pick<Principal, 'scopes'>, asked: readonly Scope[]): boolean {
  const { scopes } = principal;
  if (scopes.size === 0) return false;
  return asked.some((scope) => scopes.has(scope) || impliedBy[scope].some((wider) => scopes.has(wider)));
}

const everything = ['*', 'admin:*'] as const;
const everythingInTheTenant = [...everything, 'tenant:admin'] as const;

// `compliance:manage` does not imply `audit:read`: the audit dialect is open to readers and administrators only, so a route names both where both may.
const impliedBy: Readonly<Record<Scope, readonly Scope[]>> = {
  'events:write': everythingInTheTenant,
  'compliance:manage': everythingInTheTenant,
  'audit:read': everythingInTheTenant,
  'tenant:admin': everything,
  'admin:*': everything,
  '*': everything,
};
