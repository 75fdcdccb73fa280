// Whether a caller is let in at all: the tenant exists, and its user was not sent away.
import { isSentAway } from '../../domain/access/standing.ts';
import type { Standing } from '../../domain/access/standing.ts';
import type { Principal } from '../../domain/access/principal.ts';
import { refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import type { Client } from '../pool.ts';

/** Somebody the directory does not know is let in: their scopes count, and without any they see nothing. */
export async function admit(client: Client, { tenantId, userId }: Principal): Promise<Refusal | null> {
  const { rows } = await client.query<{ status: Standing | null }>({
    name: 'admit',
    text: `SELECT u.status FROM tenant t LEFT JOIN dir_user u ON u.tenant_id = t.tenant_id AND u.id = $2 WHERE t.tenant_id = $1`,
    values: [tenantId, userId],
  });
  const [row] = rows;
  if (row === undefined) return refuse('TENANT_UNKNOWN');
  return isSentAway(row.status ?? 'unknown') ? refuse('AUTHZ_USER_SUSPENDED') : null;
}
