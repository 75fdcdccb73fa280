// Guards the decision about rights: every scope, standing, role and place in the chain, against the table of domain/access/README.md.
import { describe, expect, it } from '@jest/globals';
import { deeds, may } from '../../domain/access/may.ts';
import type { Asker, Deed, Subject } from '../../domain/access/may.ts';
import type { Grant, ProfileChain, ProfileType } from '../../domain/access/profile-chain.ts';
import { roles } from '../../domain/access/role.ts';
import type { Role } from '../../domain/access/role.ts';
import type { Standing } from '../../domain/access/standing.ts';

/** Written out once more, so that a slip in the decision and the same slip here are two slips. */
const table: Readonly<Record<string, readonly Deed[]>> = {
  'events:write': ['read-directory', 'write-directory', 'write-events'],
  'compliance:manage': ['read-directory', 'read-audit', 'manage-compliance'],
  'audit:read': ['read-directory', 'read-audit'],
  'tenant:admin': [
    'read',
    'administer',
    'read-directory',
    'write-directory',
    'write-events',
    'read-audit',
    'manage-compliance',
    'manage-tenant',
  ],
  'admin:*': [...deeds],
  '*': [...deeds],
  'files:read': [],
};
const standings: readonly Standing[] = ['active', 'suspended', 'deactivated', 'closed', 'unknown'];

function asker(parts: Partial<Asker> & { scope?: string } = {}): Asker {
  const { scope, ...rest } = parts;
  return { userId: 'ann', standing: 'active', scopes: new Set(scope === undefined ? [] : [scope]), entities: null, ...rest };
}

interface LinkParts {
  readonly id?: string;
  readonly closed?: boolean;
  readonly grants?: readonly Grant[];
}

function link(type: ProfileType, { id = `${type}-1`, closed = false, grants = [] }: LinkParts = {}) {
  return { id, type, closed, grants };
}

function profile(...chain: ProfileChain): Subject {
  return { kind: 'profile', chain };
}

function byName(role: Role): Grant {
  return { role, group: null };
}

const shareInWorkspace = profile(link('share'), link('workspace'), link('org'));
const anything: readonly Subject[] = [{ kind: 'tenant' }, { kind: 'group' }, { kind: 'user', id: 'bob' }, shareInWorkspace, profile()];

describe('what a scope allows', () => {
  for (const [scope, allowed] of Object.entries(table)) {
    it(`when a token carries ${scope}, then its user may exactly: ${allowed.join(', ') || 'nothing'}`, () => {
      for (const deed of deeds) {
        for (const subject of anything) {
          for (const standing of ['active', 'unknown'] as const) {
            expect({ deed, subject, standing, may: may({ asker: asker({ scope, standing }), deed, subject }) }).toEqual({
              deed,
              subject,
              standing,
              may: allowed.includes(deed),
            });
          }
        }
      }
    });

    it(`when the user of a token with ${scope} was sent away, then they may nothing`, () => {
      for (const standing of ['suspended', 'deactivated', 'closed'] as const) {
        for (const deed of deeds)
          for (const subject of anything) expect(may({ asker: asker({ scope, standing }), deed, subject })).toBe(false);
        expect(may({ asker: asker({ scope, standing }), deed: 'read-directory', subject: { kind: 'user', id: 'ann' } })).toBe(false);
      }
    });
  }

  it('when a token has no scope, then nothing but memberships counts', () => {
    for (const deed of deeds) for (const subject of anything) expect(may({ asker: asker(), deed, subject })).toBe(false);
  });

  it('when scopes reach everything, then closed profiles are read too, since their entries stay', () => {
    const closed = profile(link('share', { closed: true }), link('workspace', { closed: true }));
    expect(may({ asker: asker({ scope: 'tenant:admin' }), deed: 'read', subject: closed })).toBe(true);
  });
});

describe('what a role gives', () => {
  const chainTypes: readonly (readonly ProfileType[])[] = [
    ['org'],
    ['workspace'],
    ['share'],
    ['workspace', 'org'],
    ['share', 'org'],
    ['share', 'workspace'],
    ['share', 'workspace', 'org'],
  ];
  const ways = [
    { name: 'by name', grant: byName },
    { name: 'by an open group', grant: (role: Role): Grant => ({ role, group: { closed: false } }) },
  ];

  for (const types of chainTypes) {
    for (const [height, heldOn] of types.entries()) {
      for (const role of roles) {
        for (const { name, grant } of ways) {
          const chain = types.map((type, index) => link(type, index === height ? { grants: [grant(role)] } : {}));
          const goesDown = role === 'owner' || role === 'admin';
          const expected: Partial<Record<Deed, boolean>> = {
            read: height === 0 || goesDown,
            'read-directory': height === 0 || goesDown,
            administer: goesDown,
          };

          it(`when somebody is ${role} ${name} of the ${heldOn}, then on ${types.join(' < ')} they may what the role gives`, () => {
            for (const deed of deeds)
              expect({ deed, may: may({ asker: asker(), deed, subject: profile(...chain) }) }).toEqual({
                deed,
                may: expected[deed] ?? false,
              });
          });
        }
      }
    }
  }

  it('when anything in the chain is closed, then no role in it gives anything', () => {
    const types: readonly ProfileType[] = ['share', 'workspace', 'org'];
    for (const closedAt of types.keys()) {
      for (const heldAt of types.keys()) {
        const chain = types.map((type, index) =>
          link(type, { closed: index === closedAt, grants: index === heldAt ? [byName('owner')] : [] }),
        );
        for (const deed of deeds) expect(may({ asker: asker(), deed, subject: profile(...chain) })).toBe(false);
      }
    }
  });

  it('when the group that holds the role is closed, then it gives nothing', () => {
    const chain = [link('share', { grants: [{ role: 'owner', group: { closed: true } }] })];
    for (const deed of deeds) expect(may({ asker: asker(), deed, subject: profile(...chain) })).toBe(false);
  });

  it('when a closed group and a name both hold a role, then the name is enough', () => {
    const chain = [link('share', { grants: [{ role: 'owner', group: { closed: true } }, byName('viewer')] })];
    expect(may({ asker: asker(), deed: 'read', subject: profile(...chain) })).toBe(true);
    expect(may({ asker: asker(), deed: 'administer', subject: profile(...chain) })).toBe(false);
  });

  it('when the member is not active, then the role gives nothing', () => {
    for (const standing of standings.filter((one) => one !== 'active')) {
      const subject = profile(link('share', { grants: [byName('owner')] }));
      for (const deed of deeds) expect(may({ asker: asker({ standing }), deed, subject })).toBe(false);
    }
  });
});

describe("one's own record", () => {
  const own: Subject = { kind: 'user', id: 'ann' };

  it('when an active user asks for themselves, then they may read it and nothing else', () => {
    for (const deed of deeds) expect(may({ asker: asker(), deed, subject: own })).toBe(deed === 'read-directory');
  });

  it('when the token is limited to profiles, then the own record stays readable and does not become writable', () => {
    const limited = asker({ scope: 'tenant:admin', entities: ['workspace:workspace-1'] });
    expect(may({ asker: limited, deed: 'read-directory', subject: own })).toBe(true);
    expect(may({ asker: limited, deed: 'write-directory', subject: own })).toBe(false);
  });
});

describe('a token limited to entities', () => {
  const cases: readonly { readonly entities: readonly string[]; readonly reaches: boolean }[] = [
    { entities: ['share:share-1'], reaches: true },
    { entities: ['workspace:workspace-1'], reaches: true },
    { entities: ['org:org-1'], reaches: true },
    { entities: ['share:other', 'org:org-1'], reaches: true },
    { entities: ['workspace:share-1'], reaches: false },
    { entities: ['share-1'], reaches: false },
    { entities: ['share:'], reaches: false },
    { entities: ['*'], reaches: false },
    { entities: [], reaches: false },
  ];
  for (const { entities, reaches } of cases) {
    it(`when it names [${entities.join(', ')}], then it ${reaches ? 'reaches' : 'does not reach'} a share below share-1's workspace and org`, () => {
      const member = profile(link('share', { grants: [byName('viewer')] }), link('workspace'), link('org'));
      expect(may({ asker: asker({ entities }), deed: 'read', subject: member })).toBe(reaches);
      expect(may({ asker: asker({ scope: 'tenant:admin', entities }), deed: 'read', subject: shareInWorkspace })).toBe(reaches);
      expect(may({ asker: asker({ scope: 'events:write', entities }), deed: 'write-events', subject: shareInWorkspace })).toBe(reaches);
    });
  }

  it('when it is limited, then it gives no membership that is not there', () => {
    expect(may({ asker: asker({ entities: ['share:share-1'] }), deed: 'read', subject: shareInWorkspace })).toBe(false);
  });

  it('when it is limited, then it reaches neither the tenant as a whole, nor other users, nor groups, nor unknown profiles', () => {
    for (const scope of Object.keys(table)) {
      for (const deed of deeds) {
        for (const subject of [{ kind: 'tenant' }, { kind: 'group' }, { kind: 'user', id: 'bob' }, profile()] as const) {
          expect(may({ asker: asker({ scope, entities: ['org:org-1'] }), deed, subject })).toBe(false);
        }
      }
    }
  });
});
