// A profile's row with the rows above it, for decisions about writes.
import type { Subject } from '../../domain/access/may.ts';
import type { ProfileType } from '../../domain/access/profile-chain.ts';
import { Profile } from './profile.entity.ts';
import type { ProfileRow } from './profile.entity.ts';
import type { OpenDirectory } from './write-directory.ts';

const longestChain = 3;

/** The profile first, then its parents upwards; empty when there is no such profile. */
export async function profileWithParents({ em, tenantId }: OpenDirectory, id: string | null): Promise<ProfileRow[]> {
  const chain: ProfileRow[] = [];
  let next = id;
  while (next !== null && chain.length < longestChain) {
    const row = await em.findOne(Profile, { tenantId, id: next });
    if (row === null) break;
    chain.push(row);
    next = row.parentId ?? null;
  }
  return chain;
}

/** As the decision about rights sees it. Nobody writes by membership, so what is held along the chain does not matter. */
export function asSubject(chain: readonly { readonly id: string; readonly type: ProfileType; readonly closed: boolean }[]): Subject {
  return { kind: 'profile', chain: chain.map(({ id, type, closed }) => ({ id, type, closed, grants: [] })) };
}
