// The ways by which somebody is shown entries; each has a watermark of its own.
import type { Viewer } from '../access/audience.ts';
import type { ProfileType } from '../access/profile-chain.ts';

export interface Source {
  readonly kind: 'self' | 'everything' | ProfileType;
  /** Of the profile; empty for the other two. */
  readonly profileId: string;
  readonly role: 'self' | 'member' | 'admin';
}

/** Together they show all that the viewer's feed shows; one entry may come by several. */
export function sourcesOf(viewer: Viewer): Source[] {
  if (viewer.isSentAway) return [];
  if (viewer.administersAll) return [self, everything];
  const byProfile = types.flatMap((kind) =>
    [...viewer.seen[kind]].map((profileId): Source => ({ kind, profileId, role: viewer.administered[kind].has(profileId) ? 'admin' : 'member' })),
  );
  return [self, ...byProfile];
}

const self: Source = { kind: 'self', profileId: '', role: 'self' };
const everything: Source = { kind: 'everything', profileId: '', role: 'admin' };
const types = ['org', 'workspace', 'share'] as const;
