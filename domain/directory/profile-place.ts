// Where a profile stands, as entries name it: the organization, the workspace and the share around it and itself.
import type { ProfileType } from '../access/profile-chain.ts';

export interface Placed {
  readonly id: string;
  readonly type: ProfileType;
}

export interface PlaceIds {
  readonly orgId: string | null;
  readonly workspaceId: string | null;
  readonly shareId: string | null;
}

/** The profile first, then its parents upwards. */
export function placeIdsOf(chain: readonly Placed[]): PlaceIds {
  const idOf = (type: ProfileType): string | null => chain.find((link) => link.type === type)?.id ?? null;
  return { orgId: idOf('org'), workspaceId: idOf('workspace'), shareId: idOf('share') };
}
