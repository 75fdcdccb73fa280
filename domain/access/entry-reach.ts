// Whether a token limited to profiles may write an entry: about one of these or what lies below, and under no foreign one.
import type { EntryFacts } from '../journal/entry.ts';
import type { FieldProblem } from '../shared/refusal.ts';
import { may } from './may.ts';
import type { Principal } from './principal.ts';
import type { ProfileChain, ProfileLink } from './profile-chain.ts';

export interface EntryReach {
  readonly principal: Principal;
  /** Of every profile that is named, as far as the directory knows it today. */
  readonly chains: ReadonlyMap<string, ProfileChain>;
}

export type EntryPlace = Pick<EntryFacts, 'org_id' | 'workspace_id' | 'share_id'>;

/** What is wrong with where the entry stands, or null. */
export function problemBeyond(reach: EntryReach, entry: EntryPlace): FieldProblem | null {
  const [narrowest, ...wider] = profilesNamed(entry);
  if (narrowest === undefined) return { field: 'share_id', expected: 'expected a profile that the token is limited to' };
  const chain = chainOf(reach, narrowest);
  if (!mayWriteTo(reach, chain)) return { field: narrowest.field, expected: 'expected a profile that the token is limited to' };
  const foreign = wider.find((named) => !chain.some((link) => isSame(link, named)) && !mayWriteTo(reach, chainOf(reach, named)));
  return foreign === undefined ? null : { field: foreign.field, expected: `expected a profile above the ${narrowest.type} of the entry` };
}

interface Named extends Pick<ProfileLink, 'type' | 'id'> {
  readonly field: keyof EntryPlace;
}

function profilesNamed({ share_id, workspace_id, org_id }: EntryPlace): Named[] {
  return [
    ...(share_id === null ? [] : [{ field: 'share_id', type: 'share', id: share_id } as const]),
    ...(workspace_id === null ? [] : [{ field: 'workspace_id', type: 'workspace', id: workspace_id } as const]),
    ...(org_id === null ? [] : [{ field: 'org_id', type: 'org', id: org_id } as const]),
  ];
}

/** Producers may name a profile that nobody put into the directory: it lies under nothing. */
function chainOf({ chains }: EntryReach, named: Named): ProfileChain {
  const known = chains.get(named.id);
  return known?.[0] !== undefined && isSame(known[0], named) ? known : [{ type: named.type, id: named.id, closed: false, grants: [] }];
}

/** How its user stands is judged under the log's lock. */
function mayWriteTo({ principal }: EntryReach, chain: ProfileChain): boolean {
  return may({ asker: { ...principal, standing: 'unknown' }, deed: 'write-events', subject: { kind: 'profile', chain } });
}

function isSame(one: Pick<ProfileLink, 'type' | 'id'>, other: Pick<ProfileLink, 'type' | 'id'>): boolean {
  return one.type === other.type && one.id === other.id;
}
