// Acknowledges single events, or takes that back: after today's rights to see them, in one transaction.
import { maySeeEntry } from '../../domain/access/audience.ts';
import type { AudienceFacts } from '../../domain/access/audience.ts';
import { hiddenEntry } from '../../domain/access/hidden-entry.ts';
import type { Principal } from '../../domain/access/principal.ts';
import { isRefusal, refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { asking } from '../access/ask.ts';
import type { Ask } from '../access/ask.ts';
import { notHiddenSql } from '../access/hidden-sql.ts';
import { readViewer } from '../access/read-viewer.ts';
import type { Client } from '../pool.ts';
import { acknowledgedSql } from './acknowledged-sql.ts';
import { clearBit, setBits } from './set-bits.ts';

/** All of them or none. Answers how many were not acknowledged before. */
export async function acknowledgeEvents(client: Client, principal: Principal, ids: readonly string[]): Promise<number | Refusal> {
  const ask = asking(client);
  const found = await readVisible(ask, principal, ids);
  if (isRefusal(found)) return found;
  const unread = found.filter(({ acknowledged }) => !acknowledged);
  await setBits(ask, principal, unread.map(({ seq }) => Number(seq)));
  return unread.length;
}

export async function withdrawAck(client: Client, principal: Principal, id: string): Promise<Refusal | null> {
  const ask = asking(client);
  const found = await readVisible(ask, principal, [id]);
  if (isRefusal(found)) return found;
  for (const { seq, acknowledged } of found) if (acknowledged) await clearBit(ask, principal, Number(seq));
  return null;
}

interface EventRow extends AudienceFacts {
  readonly id: string;
  readonly seq: string;
  readonly acknowledged: boolean;
}

async function readVisible(ask: Ask, principal: Principal, ids: readonly string[]): Promise<readonly EventRow[] | Refusal> {
  const wanted = [...new Set(ids)];
  const rows = await ask<EventRow>({
    name: 'ack-events',
    text: `SELECT e.id, e.seq, e.visibility, e.permission, e.user_id, e.target_user_id, e.org_id, e.workspace_id, e.share_id,
        ${acknowledgedSql({ tenant: '$1', user: '$2' })} AS acknowledged
      FROM entry e WHERE e.tenant_id = $1 AND e.id = ANY ($3::text[]) AND ${notHiddenSql}`,
    values: [principal.tenantId, principal.userId, wanted],
  });
  if (rows.length < wanted.length) return refuse('NOT_FOUND');
  const viewer = await readViewer(ask, principal);
  const hidden = rows.find((row) => !maySeeEntry(row, { viewer, isAuditView: true }));
  return hidden === undefined ? rows : hiddenEntry(hidden);
}
