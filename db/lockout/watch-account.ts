// Many addresses that fail on one account within an hour: noticed once, and forgotten with the last of them.
import type { Micros } from '../../domain/shared/instant.ts';
import type { Ask } from '../access/ask.ts';
import { watchMicros } from './pair-row.ts';

export interface WatchedFailure {
  readonly tenantId: string;
  readonly account: string;
  /** When this address failed on the account before; null when it never did. */
  readonly failedBeforeAt: Micros | null;
  readonly now: Micros;
  /** So many addresses are suspicious. */
  readonly limit: number;
}

/** Called when the failure is written; answers how many addresses there are, when that is to be told now. */
export async function watchAccount(ask: Ask, { tenantId, account, failedBeforeAt, now, limit }: WatchedFailure): Promise<number | null> {
  // An address that is counted already makes them no more.
  if (failedBeforeAt !== null && failedBeforeAt > now - watchMicros) return null;
  // Failures on one account are counted one after the other: of two at once neither would see the other.
  await lockOrMakeAccount(ask, { tenantId, account });
  const [row] = await ask<{ addresses: string }>({
    name: 'count-lockout-addresses',
    text: `SELECT count(*) AS addresses FROM (
        SELECT 1 FROM lockout_pair WHERE tenant_id = $1 AND account = $2 AND last_failure_at > to_timestamp($3::bigint / 1000000.0) LIMIT $4) AS those`,
    values: [tenantId, account, now - watchMicros, limit],
  });
  const addresses = Number(row?.addresses ?? 0);
  if (addresses < limit) return null;
  const raised = await ask({
    name: 'raise-lockout-account',
    text: `UPDATE lockout_account SET raised_at = to_timestamp($3::bigint / 1000000.0)
      WHERE tenant_id = $1 AND account = $2 AND raised_at <= to_timestamp($4::bigint / 1000000.0) RETURNING account`,
    values: [tenantId, account, now, now - watchMicros],
  });
  return raised.length === 0 ? null : addresses;
}

/** For an account of which a pair was just written off: the row goes with the last one. */
export async function forgetAccount(ask: Ask, { tenantId, account }: AccountRef): Promise<void> {
  // Locked first, looked at afterwards: of two that write off the last two pairs, the second sees that the first is gone.
  await lockAccount(ask, { tenantId, account });
  await ask({
    // A plan kept from when there were few pairs would read all of a flood for each of them.
    name: null,
    text: `DELETE FROM lockout_account WHERE tenant_id = $1 AND account = $2
      AND NOT EXISTS (SELECT FROM lockout_pair p WHERE p.tenant_id = $1 AND p.account = $2)`,
    values: [tenantId, account],
  });
}

type AccountRef = Pick<WatchedFailure, 'tenantId' | 'account'>;

async function lockOrMakeAccount(ask: Ask, { tenantId, account }: AccountRef): Promise<void> {
  await ask({
    name: 'make-lockout-account',
    text: 'INSERT INTO lockout_account (tenant_id, account) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    values: [tenantId, account],
  });
  // Between the two statements it may have been forgotten.
  if (!(await lockAccount(ask, { tenantId, account }))) await lockOrMakeAccount(ask, { tenantId, account });
}

async function lockAccount(ask: Ask, { tenantId, account }: AccountRef): Promise<boolean> {
  const rows = await ask({
    name: 'lock-lockout-account',
    text: 'SELECT 1 AS locked FROM lockout_account WHERE tenant_id = $1 AND account = $2 FOR UPDATE',
    values: [tenantId, account],
  });
  return rows.length > 0;
}
