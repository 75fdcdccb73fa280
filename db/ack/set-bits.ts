// Sets and clears the bits of one user: each a single statement on the row of a block, so that whoever comes at the same time waits and then adds to it.
import { bitPlaceOf, blockSeqs } from '../../domain/ack/blocks.ts';
import type { Ask } from '../access/ask.ts';

export interface Reader {
  readonly tenantId: string;
  readonly userId: string;
}

export async function setBits(ask: Ask, { tenantId, userId }: Reader, seqs: readonly number[]): Promise<void> {
  if (seqs.length === 0) return;
  const places = seqs.map(bitPlaceOf);
  await ask({
    name: 'ack-set-bits',
    text: setBitsSql,
    values: [tenantId, userId, places.map(({ block }) => block), places.map(({ bit }) => bit)],
  });
}

export const noBits = `repeat('0', ${String(blockSeqs)})::bit(${String(blockSeqs)})`;

/** A row that has all the bits already is left alone. */
export const mergeOnConflict = `ON CONFLICT (tenant_id, user_id, block) DO UPDATE SET bits = kept.bits | EXCLUDED.bits
    WHERE (kept.bits | EXCLUDED.bits) <> kept.bits`;

// The blocks are locked in their order, whoever writes them: no two writers wait for each other.
const setBitsSql = `INSERT INTO ack_block AS kept (tenant_id, user_id, block, bits)
  SELECT $1, $2, place.block, bit_or(set_bit(${noBits}, place.bit, 1))
  FROM unnest($3::bigint[], $4::int[]) AS place(block, bit)
  GROUP BY place.block ORDER BY place.block
  ${mergeOnConflict}`;

/** The reader's lock is taken before the bit is cleared: a count that is under way then stores no watermark. */
export async function clearBit(ask: Ask, { tenantId, userId }: Reader, seq: number): Promise<void> {
  const { block, bit } = bitPlaceOf(seq);
  await ask({
    name: 'ack-withdraw',
    text: `INSERT INTO ack_reader AS r (tenant_id, user_id, withdrawals) VALUES ($1, $2, 1)
      ON CONFLICT (tenant_id, user_id) DO UPDATE SET withdrawals = r.withdrawals + 1`,
    values: [tenantId, userId],
  });
  await ask({
    name: 'ack-clear-bit',
    text: `UPDATE ack_block SET bits = set_bit(bits, $4, 0) WHERE tenant_id = $1 AND user_id = $2 AND block = $3 AND get_bit(bits, $4) = 1`,
    values: [tenantId, userId, block, bit],
  });
  await ask({
    name: 'ack-lower-watermarks',
    text: `UPDATE ack_watermark SET seq = $3::bigint - 1 WHERE tenant_id = $1 AND user_id = $2 AND seq >= $3::bigint`,
    values: [tenantId, userId, seq],
  });
}
