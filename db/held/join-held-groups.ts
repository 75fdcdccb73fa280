// Somebody joins groups: where one of them is held, they are held from then on, also after they leave it again.
import type { Ask } from '../access/ask.ts';
import { closeGate } from './gate.ts';

export interface Joining {
  readonly tenantId: string;
  readonly groupIds: readonly string[];
  readonly userIds: readonly string[];
}

/** In the transaction that lets them join. The gate is closed first, so that a hold placed on the group meanwhile is seen, or sees the join. */
export async function holdWhoJoins(ask: Ask, { tenantId, groupIds, userIds }: Joining): Promise<void> {
  if (groupIds.length === 0 || userIds.length === 0) return;
  await closeGate(ask, tenantId);
  await ask({
    name: 'hold-who-joins',
    text: `INSERT INTO legal_hold_user (tenant_id, item_id, user_id)
      SELECT $1, i.id, u.id FROM legal_hold_item i, unnest($3::text[]) AS u (id)
      WHERE i.tenant_id = $1 AND i.released_at IS NULL AND i.scope_type = 'group' AND i.scope_ids && $2::text[]
      ON CONFLICT DO NOTHING`,
    values: [tenantId, groupIds, userIds],
  });
}
