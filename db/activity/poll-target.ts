// Whose activity a poll is about, and whether its asker may see it: a user's own, or that of a profile they may view.
import { may } from '../../domain/access/may.ts';
import type { Principal } from '../../domain/access/principal.ts';
import { profileSubject, userSubject } from '../../domain/activity/touched.ts';
import type { Subject } from '../../domain/activity/touched.ts';
import { refuseFields } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { asking } from '../access/ask.ts';
import type { Ask } from '../access/ask.ts';
import { createCurrentCache } from '../access/current-cache.ts';
import { readAsker, readChain } from '../access/read-asker.ts';
import type { TailLog } from '../journal/tail-log.ts';
import type { Pool } from '../pool.ts';
import { inTenant } from '../tenant-transaction.ts';

export interface PollTarget {
  readonly subject: Subject;
  /** Ids whose entries may change the answer. */
  readonly watched: ReadonlySet<string>;
}

export interface PollTargets {
  /** A null profile is the asker's own; so is their own id. */
  find(asked: { readonly log: TailLog; readonly principal: Principal; readonly profileId: string | null }): Promise<PollTarget | Refusal>;
}

export function createPollTargets({ pool, maxKept = 50_000 }: { readonly pool: Pool; readonly maxKept?: number }): PollTargets {
  const kept = createCurrentCache<PollTarget | Refusal>({ maxWeight: maxKept, weigh: () => 1 });
  return {
    async find({ log, principal, profileId }) {
      const { tenantId, userId, entities, scopes } = principal;
      // A token that is limited to profiles does not reach its user's own: what concerns the user comes from everywhere.
      if (entities !== null && (profileId === null || profileId === userId)) return notVisible;
      if (profileId === null || profileId === userId) return { subject: userSubject(userId), watched: new Set([userId]) };
      const key = JSON.stringify([tenantId, userId, profileId, entities, [...scopes].sort()]);
      return kept.get(log, key, () => inTenant(pool, tenantId, (client) => findProfile(asking(client), { principal, profileId })));
    },
  };
}

/** Absent and invisible are the same to somebody who may not see it. */
async function findProfile(ask: Ask, { principal, profileId }: { principal: Principal; profileId: string }): Promise<PollTarget | Refusal> {
  const [asker, chain, [profile]] = await Promise.all([
    readAsker(ask, principal),
    readChain(ask, principal, profileId),
    ask<{ multiplayer: boolean }>({ name: 'profile-multiplayer', text: 'SELECT multiplayer FROM profile WHERE tenant_id = $1 AND id = $2', values: [principal.tenantId, profileId] }),
  ]);
  const [link] = chain;
  if (link === undefined || profile === undefined || !may({ asker, deed: 'read', subject: { kind: 'profile', chain } })) return notVisible;
  if (link.type === 'share' && !profile.multiplayer) return notMultiplayer;
  return { subject: profileSubject(profileId), watched: new Set([principal.userId, ...chain.map(({ id }) => id)]) };
}

const notVisible = refuseFields([{ field: 'profile_id', expected: 'expected a profile that you may view' }]);
const notMultiplayer = refuseFields([{ field: 'profile_id', expected: 'expected a share with multiplayer enabled' }]);
