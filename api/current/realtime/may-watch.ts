// Whether a caller sees a profile today: what a token for its live doors is given for.
import { asking } from '../../../db/access/ask.ts';
import { readViewer } from '../../../db/access/read-viewer.ts';
import { readProfileKind } from '../../../db/access/profile-kind.ts';
import type { KnownProfile } from '../../../db/access/profile-kind.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import type { Principal } from '../../../domain/access/principal.ts';
import type { ApiWorld } from '../../world.ts';

export interface Watched {
  /** Null when there is no such profile in the tenant, or a closed one. */
  readonly profile: KnownProfile | null;
  readonly isSeen: boolean;
}

export async function lookAtProfile(id: string, principal: Principal, { pool }: Pick<ApiWorld, 'pool'>): Promise<Watched> {
  const { tenantId } = principal;
  const profile = await readProfileKind(pool, { tenantId, id });
  if (profile === null || profile.closed) return { profile: null, isSeen: false };
  const viewer = await inTenant(pool, tenantId, (client) => readViewer(asking(client), principal));
  const isWithin = viewer.within === null || viewer.within[profile.type].has(id);
  return { profile, isSeen: !viewer.isSentAway && isWithin && (viewer.administersAll || viewer.seen[profile.type].has(id)) };
}
