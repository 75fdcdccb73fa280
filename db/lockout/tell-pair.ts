// What is to be told of pairs to those who count behind the gate, and what was told.
import { withoutAddresses } from '../../domain/lockout/count-behind.ts';
import type { Counted, PairTold } from '../../domain/lockout/count-behind.ts';
import { asking } from '../access/ask.ts';
import type { Pool } from '../pool.ts';
import { inTenant } from '../tenant-transaction.ts';
import { lockPair } from './pair-row.ts';

export interface PairRef {
  readonly tenantId: string;
  readonly id: string;
}

/** Claims what nobody else tells of now: at most so many pairs a second in the whole installation, locked ones first. */
export async function claimSignals(pool: Pool, { perSecond }: { perSecond: number }): Promise<PairRef[]> {
  const { rows } = await pool.query<{ tenant_id: string; id: string }>('SELECT tenant_id, id FROM claim_lockout_signals($1)', [perSecond]);
  return rows.map(({ tenant_id: tenantId, id }) => ({ tenantId, id }));
}

/** Pairs that time has changed and nobody has looked at for a while. */
export async function duePairs(pool: Pool, { limit }: { limit: number }): Promise<PairRef[]> {
  const { rows } = await pool.query<{ tenant_id: string; id: string }>('SELECT tenant_id, id FROM lockouts_due($1)', [limit]);
  return rows.map(({ tenant_id: tenantId, id }) => ({ tenantId, id }));
}

export async function readPairTold(pool: Pool, { tenantId, id }: PairRef): Promise<PairTold | null> {
  return inTenant(pool, tenantId, async (client) => {
    const locked = await lockPair(asking(client), { tenantId, id });
    if (locked === null) return null;
    const { version, state, rules, recent, now } = locked;
    return { version, state: withoutAddresses(state), rules, now, events: recent };
  });
}

export async function noteTold(pool: Pool, { tenantId, id }: PairRef, { version, state: { open } }: Counted): Promise<void> {
  await inTenant(pool, tenantId, (client) =>
    client.query(
      `UPDATE lockout_pair SET signalled_version = greatest(signalled_version, $3), signalling_until = '-infinity',
         signalled_opened_at = greatest(signalled_opened_at, to_timestamp($4::bigint / 1000000.0))
       WHERE tenant_id = $1 AND id = $2`,
      [tenantId, id, version, open.at(-1)?.at ?? null],
    ),
  );
}
