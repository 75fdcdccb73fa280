// Of which type a profile is; for doors that are given an id alone.
import type { ProfileType } from '../../domain/access/profile-chain.ts';
import type { Pool } from '../pool.ts';
import { queryAs } from '../tenant-transaction.ts';

export interface KnownProfile {
  readonly type: ProfileType;
  readonly multiplayer: boolean;
  readonly closed: boolean;
}

/** Null when the directory does not know it. */
export async function readProfileKind(pool: Pool, { tenantId, id }: { tenantId: string; id: string }): Promise<KnownProfile | null> {
  const [row] = await queryAs<{ type: ProfileType; multiplayer: boolean; closed: boolean }>(pool, tenantId, {
    name: 'profile-kind',
    text: 'SELECT type, multiplayer, closed FROM profile WHERE tenant_id = $1 AND id = $2',
    values: [tenantId, id],
  });
  return row ?? null;
}
