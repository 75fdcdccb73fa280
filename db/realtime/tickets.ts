// Tickets: each opens one live door once, within a minute, for exactly who asked for it. Only its hash is kept.
import { hash, randomBytes } from 'node:crypto';
import type { Principal } from '../../domain/access/principal.ts';
import { producerId } from '../../domain/shared/ids.ts';
import type { Pool } from '../pool.ts';
import { queryAs } from '../tenant-transaction.ts';

export const ticketSeconds = 60;

export interface TicketHolder {
  readonly principal: Principal;
  /** The profile it was asked for, and opens alone; null when for none. */
  readonly profileId: string | null;
}

/** The tenant stands in front: whoever takes it looks nowhere else. */
export async function issueTicket(pool: Pool, { principal, profileId }: TicketHolder): Promise<string> {
  const { tenantId, scopes, origin: _origin, ...rest } = principal;
  const ticket = `${tenantId}.${randomBytes(32).toString('base64url')}`;
  await queryAs(pool, tenantId, {
    name: 'issue-ticket',
    text: `WITH swept AS (DELETE FROM live_ticket WHERE tenant_id = $1 AND expires_at < now())
      INSERT INTO live_ticket (tenant_id, ticket_hash, principal, profile_id, expires_at)
      VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5))`,
    values: [tenantId, hashOf(ticket), JSON.stringify({ ...rest, scopes: [...scopes] }), profileId, ticketSeconds],
  });
  return ticket;
}

/** Null for a ticket that never was, was taken already, or is too old. Of many who bring it at once, one gets it. */
export async function takeTicket(pool: Pool, ticket: string): Promise<TicketHolder | null> {
  const [tenantId = '', secret = ''] = ticket.split('.');
  if (!producerId.safeParse(tenantId).success || secret.length !== 43) return null;
  const [row] = await queryAs<{ principal: StoredPrincipal; profile_id: string | null; fresh: boolean }>(pool, tenantId, {
    name: 'take-ticket',
    text: 'DELETE FROM live_ticket WHERE tenant_id = $1 AND ticket_hash = $2 RETURNING principal, profile_id, expires_at > now() AS fresh',
    values: [tenantId, hashOf(ticket)],
  });
  if (row?.fresh !== true) return null;
  const { scopes, ...rest } = row.principal;
  return { principal: Object.freeze({ ...rest, tenantId, scopes: new Set(scopes) }), profileId: row.profile_id };
}

type StoredPrincipal = Omit<Principal, 'tenantId' | 'scopes' | 'origin'> & { readonly scopes: readonly string[] };

function hashOf(ticket: string): Buffer {
  return hash('sha256', ticket, 'buffer');
}
