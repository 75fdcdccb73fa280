// What the workflow of a hold reads and writes: its dates, and the entry that reminds of its end.
import { ownEntry } from '../../domain/journal/own-entry.ts';
import { asking } from '../access/ask.ts';
import { appendIn, transactionOn } from '../journal/append-in.ts';
import type { Pool } from '../pool.ts';
import { inTenant } from '../tenant-transaction.ts';
import { detailsOf, resourceOf } from './place-hold.ts';
import type { HoldRef } from './hold-rows.ts';

export interface FollowedHold {
  readonly expirationDate: string | null;
  readonly remindedFor: string | null;
  readonly releasedAt: string | null;
}

export function readFollowedHold(pool: Pool, { tenantId, holdId }: HoldRef): Promise<FollowedHold | null> {
  return inTenant(pool, tenantId, async (client) => {
    const [row] = await asking(client)<FollowedHold>({
      name: 'followed-hold',
      text: `SELECT iso_utc(expiration_date) AS "expirationDate", iso_utc(reminded_for) AS "remindedFor", iso_utc(released_at) AS "releasedAt"
        FROM legal_hold WHERE tenant_id = $1 AND id = $2`,
      values: [tenantId, holdId],
    });
    return row ?? null;
  });
}

/** Of two who come at once, one writes; a hold that was released or given another date meanwhile is left alone. */
export function remindOfEnd(pool: Pool, { tenantId, holdId }: HoldRef, { entryId, nowMs }: { entryId: string; nowMs: number }): Promise<void> {
  return inTenant(pool, tenantId, async (client) => {
    const ask = asking(client);
    const [hold] = await ask<{ name: string; matter_id: string | null; expiration_date: string }>({
      name: 'reminded-of-end',
      text: `UPDATE legal_hold SET reminded_for = expiration_date
        WHERE tenant_id = $1 AND id = $2 AND released_at IS NULL AND expiration_date <= $3 AND reminded_for IS DISTINCT FROM expiration_date
        RETURNING name, matter_id, iso_utc(expiration_date) AS expiration_date`,
      values: [tenantId, holdId, new Date(nowMs)],
    });
    if (hold === undefined) return;
    const about = { holdId, name: hold.name, matterId: hold.matter_id };
    const details = { ...detailsOf(about), expiration_date: hold.expiration_date };
    const reminder = ownEntry({ id: entryId, nowMs, ownAction: 'expire_legal_hold', actor: null, requestId: null, ...resourceOf(about), details });
    await appendIn(transactionOn(client), tenantId, [reminder]);
  });
}
