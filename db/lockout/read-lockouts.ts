// The lockouts that are in force, a page at a time.
import type { Lockout } from '../../domain/lockout/lockout.schema.ts';
import { pageOf } from '../list-page.ts';
import type { Page, PageAsked } from '../list-page.ts';
import type { Ask } from '../access/ask.ts';

export async function readLockouts(ask: Ask, { tenantId, asked: { afterId, limit } }: { tenantId: string; asked: PageAsked }): Promise<Page<Lockout>> {
  const rows = await ask<Lockout>({
    name: 'read-lockouts',
    text: `SELECT id, account, address AS ip_address, attempts, iso_utc(locked_at) AS locked_at, iso_utc(locked_until) AS blocked_until
      FROM lockout_pair WHERE tenant_id = $1 AND locked_until > clock_timestamp() AND id > $2 ORDER BY id LIMIT $3`,
    values: [tenantId, afterId, limit + 1],
  });
  return pageOf(rows, { limit });
}
