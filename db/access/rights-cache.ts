// Rights for those who ask again and again (each request's admission, polls at the head, long-polls): from memory while that is as good as asking.
import type { Principal } from '../../domain/access/principal.ts';
import { refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import type { Tail } from '../journal/tail.ts';
import type { Client, Pool } from '../pool.ts';
import { inTenant } from '../tenant-transaction.ts';
import type { Admission } from '../../domain/access/admission.ts';
import { judgeAdmission } from '../../domain/access/admission.ts';
import { readAdmission } from './admit.ts';
import { createCurrentCache } from './current-cache.ts';
import { mayReadShare, readableShares } from './readable-shares.ts';
import { sightOf } from './visible-profiles.ts';

export interface RightsCache {
  admit(principal: Principal): Promise<Refusal | undefined>;
  /** Null means all shares of the tenant. */
  readableShares(principal: Principal): Promise<ReadonlySet<string> | null>;
  mayReadShare(principal: Principal, shareId: string): Promise<boolean>;
}

export interface RightsCacheOptions {
  readonly pool: Pool;
  readonly tail: Pick<Tail, 'watch'>;
  readonly maxUsers?: number;
  /** Over all users: one who may read a hundred thousand shares takes the place of many. */
  readonly maxShares?: number;
}

export function createRightsCache({ pool, tail, maxUsers = 50_000, maxShares = 1_000_000 }: RightsCacheOptions): RightsCache {
  const admissions = createCurrentCache<Admission | null>({ maxWeight: maxUsers, weigh: () => 1 });
  const readable = createCurrentCache<ReadonlySet<string> | null>({ maxWeight: maxShares, weigh: (shares) => 1 + (shares?.size ?? 0) });
  // A share that nobody made may still be named by the next entry of a producer, and that is no entry about rights.
  const sharesSeen = createCurrentCache<boolean>({ maxWeight: maxUsers, weigh: () => 1, isWorthKeeping: (seen) => seen });

  function asked<T>({ tenantId }: Principal, question: (client: Client) => Promise<T>): Promise<T> {
    return inTenant(pool, tenantId, question);
  }

  async function sharesOf(principal: Principal): Promise<ReadonlySet<string> | null> {
    const log = await tail.watch(principal.tenantId);
    if (log === null) return new Set();
    return readable.get(log, keyOf(principal), async () => {
      const shares = await asked(principal, (client) => readableShares(client, principal));
      return shares === null ? null : new Set(shares);
    });
  }

  return {
    async admit(principal) {
      const log = await tail.watch(principal.tenantId);
      if (log === null) return refuse('TENANT_UNKNOWN');
      const key = JSON.stringify([principal.tenantId, principal.userId, principal.sessionId]);
      const known = await admissions.get(log, key, () => asked(principal, (client) => readAdmission(client, principal)));
      return known === null ? refuse('TENANT_UNKNOWN') : (judgeAdmission(known, principal) ?? undefined);
    },
    readableShares: sharesOf,
    async mayReadShare(principal, shareId) {
      const log = await tail.watch(principal.tenantId);
      if (log === null) return false;
      const key = `${keyOf(principal)}\n${shareId}`;
      return sharesSeen.get(log, key, () => asked(principal, (client) => mayReadShare(client, principal, shareId)));
    },
  };
}

/** Two tokens of one user may differ in what they reach. */
function keyOf(principal: Principal): string {
  const { tenantId, userId, entities } = principal;
  return JSON.stringify([tenantId, userId, sightOf(principal, 'read'), entities]);
}
