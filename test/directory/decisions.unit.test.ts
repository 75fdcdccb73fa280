// Guards the decisions about directory writes: what changes nothing, what a change is called, and how large its entry may get.
import { describe, expect, it } from '@jest/globals';
import { decideCloseGroup, decidePutGroup } from '../../domain/directory/decide-group.ts';
import { decidePutMember, decideRemoveMember } from '../../domain/directory/decide-member.ts';
import { decideCloseProfile, decidePutProfile, wantedParentId } from '../../domain/directory/decide-profile.ts';
import type { PutProfile } from '../../domain/directory/decide-profile.ts';
import { decideCloseUser, decidePutUser } from '../../domain/directory/decide-user.ts';
import type { PutUser } from '../../domain/directory/decide-user.ts';
import type { Decision } from '../../domain/directory/decision.ts';
import { idList } from '../../domain/directory/differences.ts';
import { canonicalJson } from '../../domain/shared/json.ts';

function kindOf(decision: Decision<unknown>): string {
  return decision.kind === 'refused' ? decision.code : decision.kind;
}

describe('a user', () => {
  const stored = { email: 'a@example.com', name: 'A', status: 'suspended' as const, groups: ['g1', 'g2'] };
  function put(parts: Partial<PutUser>) {
    return decidePutUser({
      id: 'u',
      wish: { email: 'a@example.com', name: 'A' },
      stored,
      wasClosed: false,
      idIsOfGroup: false,
      openGroups: new Set(['g1', 'g2', 'g3']),
      ...parts,
    });
  }

  it('when status and groups are left out, then what is stored stays and nothing changes', () => {
    expect(put({})).toEqual({ kind: 'unchanged' });
  });

  it('when the groups are the same in another order and doubled, then nothing changes', () => {
    expect(put({ wish: { email: 'a@example.com', name: 'A', groups: ['g2', 'g1', 'g2'] } })).toEqual({ kind: 'unchanged' });
  });

  it('when status and name change at once, then the entry is called by the status and tells both', () => {
    const decision = put({ wish: { email: 'a@example.com', name: 'B', status: 'active' } });
    expect(decision).toMatchObject({
      event: {
        eventType: 'admin.user_activate',
        details: { changed: ['name', 'status'], before: { name: 'A', status: 'suspended' }, after: { name: 'B', status: 'active' } },
      },
    });
  });

  it('when a new user is put already suspended, then it is one entry: the provisioning, which says so', () => {
    const decision = put({ stored: null, wish: { email: 'a@example.com', name: 'A', status: 'suspended' } });
    expect(decision).toMatchObject({ event: { eventType: 'admin.user_provision', details: { status: 'suspended' } } });
  });

  it('when a group is unknown, then it is refused whatever else is right', () => {
    expect(kindOf(put({ wish: { email: 'a@example.com', name: 'A', groups: ['g1', 'g9'] } }))).toBe('VALIDATION_FAILED');
  });

  it('when closed twice, then the second changes nothing; when never known, then there is nothing', () => {
    const close = { id: 'u', memberships: 3 };
    expect(kindOf(decideCloseUser({ ...close, stored, wasClosed: false }))).toBe('changed');
    expect(kindOf(decideCloseUser({ ...close, stored: null, wasClosed: true }))).toBe('unchanged');
    expect(kindOf(decideCloseUser({ ...close, stored: null, wasClosed: false }))).toBe('NOT_FOUND');
  });
});

describe('a group', () => {
  it('when ten thousand members come and ten thousand go, then the entry stays small and counts them', () => {
    const before = Array.from({ length: 10_000 }, (_, index) => `${'o'.repeat(58)}${String(index).padStart(6, '0')}`);
    const after = before.map((id) => id.replaceAll('o', 'n'));
    const decision = decidePutGroup({
      id: 'g',
      wish: { name: 'G', members: after },
      stored: { name: 'G', members: before },
      wasClosed: false,
      idIsOfUser: false,
      openUsers: new Set(after),
    });
    if (decision.kind !== 'changed') throw new Error(`it was ${kindOf(decision)}`);
    expect(decision.event.details).toMatchObject({ members_added: { count: 10_000 }, members_removed: { count: 10_000 } });
    expect(canonicalJson(decision.event.details ?? {}).length).toBeLessThan(64 * 1024);
    expect(decision.next.members.added).toHaveLength(10_000);
  });

  it('when closed twice, then the second changes nothing', () => {
    expect(kindOf(decideCloseGroup({ id: 'g', stored: null, wasClosed: true, memberships: 0 }))).toBe('unchanged');
  });
});

describe('a profile', () => {
  const stored = { type: 'share' as const, name: 'S', parentId: 'w', multiplayer: true, closed: false };
  const workspace = { id: 'w', type: 'workspace' as const, closed: false };
  function put(parts: Partial<PutProfile>) {
    return decidePutProfile({ id: 's', wish: { type: 'share', name: 'S' }, stored, parents: [workspace], ...parts });
  }

  it('when the parent is left out, then the stored one is wanted, and none for what is closed or new', () => {
    expect(wantedParentId({ type: 'share', name: 'S' }, stored)).toBe('w');
    expect(wantedParentId({ type: 'share', name: 'S', parent_id: null }, stored)).toBeNull();
    expect(wantedParentId({ type: 'share', name: 'S' }, { ...stored, closed: true })).toBeNull();
    expect(wantedParentId({ type: 'share', name: 'S' }, null)).toBeNull();
  });

  it('when nothing changes, then a parent that was closed meanwhile does not matter', () => {
    expect(kindOf(put({ parents: [{ ...workspace, closed: true }] }))).toBe('unchanged');
    expect(kindOf(put({ wish: { type: 'share', name: 'T' }, parents: [{ ...workspace, closed: true }] }))).toBe('VALIDATION_FAILED');
  });

  it.each([
    [{ name: 'T', parent_id: 'w', multiplayer: true }, 'renamed'],
    [{ name: 'S', parent_id: null, multiplayer: true }, 'moved'],
    [{ name: 'S', parent_id: 'w', multiplayer: false }, 'updated'],
    [{ name: 'T', parent_id: 'w', multiplayer: false }, 'renamed'],
    [{ name: 'T', parent_id: null, multiplayer: false }, 'moved'],
  ])('when a share becomes %j, then the change is %s', (wish, change) => {
    expect(put({ wish: { type: 'share', ...wish }, parents: wish.parent_id === null ? [] : [workspace] })).toMatchObject({
      event: { change: { type: change } },
    });
  });

  it('when it is no share, then no write is a change row', () => {
    const org = { type: 'org' as const, name: 'O', parentId: null, multiplayer: true, closed: false };
    expect(decidePutProfile({ id: 'o', wish: { type: 'org', name: 'P' }, stored: org, parents: [] })).not.toHaveProperty('event.change');
    expect(decideCloseProfile({ id: 'o', stored: org, parents: [], members: 0 })).not.toHaveProperty('event.change');
  });
});

describe('a membership', () => {
  const chain = [{ id: 's', type: 'share' as const, name: 'S', closed: false }];
  const ann = { id: 'ann', type: 'user' as const, name: 'Ann', closed: false };

  it.each([
    [
      'the profile is closed',
      { chain: [{ ...chain[0], id: 's', type: 'share' as const, name: 'S', closed: true }], known: ann, held: null },
      'NOT_FOUND',
    ],
    ['the profile is unknown', { chain: [], known: ann, held: null }, 'NOT_FOUND'],
    ['the member is closed', { chain, known: { ...ann, closed: true }, held: null }, 'VALIDATION_FAILED'],
    ['the member is unknown', { chain, known: null, held: null }, 'VALIDATION_FAILED'],
    ['the role is held already', { chain, known: ann, held: 'viewer' as const }, 'unchanged'],
    ['another role is held', { chain, known: ann, held: 'owner' as const }, 'changed'],
    ['no role is held', { chain, known: ann, held: null }, 'changed'],
  ])('when %s, then putting it is decided so', (_what, situation, kind) => {
    expect(kindOf(decidePutMember({ ...situation, role: 'viewer' }))).toBe(kind);
  });

  it('when it is not there, then removing it changes nothing, unless nobody ever had the id', () => {
    expect(kindOf(decideRemoveMember({ chain, known: { ...ann, closed: true }, held: null }))).toBe('unchanged');
    expect(kindOf(decideRemoveMember({ chain, known: null, held: null }))).toBe('NOT_FOUND');
    expect(kindOf(decideRemoveMember({ chain, known: ann, held: 'viewer' }))).toBe('changed');
  });
});

describe('a list of ids in an entry', () => {
  it('when it is long, then the first are named and all are counted', () => {
    expect(idList(['a', 'b'])).toEqual({ count: 2, ids: ['a', 'b'] });
    expect(idList(Array.from({ length: 201 }, String))).toMatchObject({ count: 201, ids: { length: 200 } });
  });
});
