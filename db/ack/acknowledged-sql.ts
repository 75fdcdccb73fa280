// Whether the reader has acknowledged an entry, as an expression: one bit of one row of theirs.
import { blockSeqs } from '../../domain/ack/blocks.ts';

/** Over `entry` under the alias e; never null. Both are names of parameters. */
export function acknowledgedSql({ tenant, user }: { tenant: string; user: string }): string {
  return `coalesce((SELECT get_bit(a.bits, ${bitSql}) FROM ack_block a
    WHERE a.tenant_id = ${tenant} AND a.user_id = ${user}::text AND a.block = ${blockSql}), 0) = 1`;
}

export const blockSql = `(e.seq - 1) / ${String(blockSeqs)}`;
export const bitSql = `((e.seq - 1) % ${String(blockSeqs)})::int`;
