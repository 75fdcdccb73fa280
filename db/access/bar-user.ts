// Ends everything a user is signed in with: all sessions seen so far, and whatever token was issued until now.
import type { Ask } from './ask.ts';

/** Inside the transaction of the effect that tells of it. Answers how many sessions it ended. */
export async function barUser(ask: Ask, { tenantId, userId, now }: { tenantId: string; userId: string; now: Date }): Promise<number> {
  await ask({
    name: 'bar-user',
    text: `INSERT INTO session_bar (tenant_id, user_id, not_before) VALUES ($1, $2, $3)
      ON CONFLICT (tenant_id, user_id) DO UPDATE SET not_before = greatest(session_bar.not_before, excluded.not_before)`,
    values: [tenantId, userId, now],
  });
  const ended = await ask({
    name: 'revoke-sessions-of-user',
    // Locked in the order in which sessions are noted: two who wait for each other would both fail.
    text: `WITH open AS (SELECT id FROM session WHERE tenant_id = $1 AND user_id = $2 AND revoked_at IS NULL ORDER BY id FOR UPDATE)
      UPDATE session s SET revoked_at = $3 FROM open WHERE s.tenant_id = $1 AND s.user_id = $2 AND s.id = open.id RETURNING s.id`,
    values: [tenantId, userId, now],
  });
  return ended.length;
}
