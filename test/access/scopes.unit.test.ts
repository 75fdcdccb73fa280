// What each scope implies.
import { describe, expect, it } from '@jest/globals';
import type { Scope } from '../../domain/access/principal.ts';
import { hasAnyScope } from '../../domain/access/scopes.ts';

const all: readonly Scope[] = ['events:write', 'tenant:admin', 'compliance:manage', 'audit:read', 'admin:*', '*'];

const reach: Readonly<Record<Scope, readonly Scope[]>> = {
  'events:write': ['events:write'],
  'compliance:manage': ['compliance:manage'],
  'audit:read': ['audit:read'],
  'tenant:admin': ['events:write', 'tenant:admin', 'compliance:manage', 'audit:read'],
  'admin:*': all,
  '*': all,
};

describe('hasAnyScope', () => {
  it.each(all)('when a token carries only %s, then it reaches what that scope says and nothing else', (carried) => {
    const granted = all.filter((asked) => hasAnyScope({ scopes: new Set([carried]) }, [asked]));

    expect(granted).toEqual(reach[carried]);
  });

  it('when a token carries no scope, then nothing is granted', () => {
    expect(all.filter((asked) => hasAnyScope({ scopes: new Set() }, [asked]))).toEqual([]);
  });

  it('when one of several scopes asked for is carried, then it is granted', () => {
    expect(hasAnyScope({ scopes: new Set(['audit:read']) }, ['compliance:manage', 'audit:read'])).toBe(true);
  });

  it('when a scope is only spelled alike, then it is not granted', () => {
    expect(hasAnyScope({ scopes: new Set(['events:*', 'EVENTS:WRITE', 'events']) }, ['events:write'])).toBe(false);
  });
});
