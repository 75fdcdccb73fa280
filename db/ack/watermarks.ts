// Keeps how far somebody has read everything that a source shows them.
import type { Source } from '../../domain/ack/sources.ts';
import type { Ask } from '../access/ask.ts';
import type { Reader } from './set-bits.ts';

export interface Marks {
  readonly marks: readonly { readonly source: Source; readonly seq: number }[];
  /** How many un-acks there had been when the marks were found. */
  readonly withdrawals: number;
  /** How many quarantines had ended then: marks from before the last end count for nothing, also when they are written after it. */
  readonly quarantineEnds: number;
}

/** Nothing is kept when something was un-acknowledged since: the marks may lie above it. */
export async function keepWatermarks(ask: Ask, { tenantId, userId }: Reader, { marks, withdrawals, quarantineEnds }: Marks): Promise<void> {
  if (marks.length === 0) return;
  await ask({
    name: 'ack-reader',
    text: 'INSERT INTO ack_reader (tenant_id, user_id) VALUES ($1, $2) ON CONFLICT (tenant_id, user_id) DO NOTHING',
    values: [tenantId, userId],
  });
  const [reader] = await ask<{ withdrawals: string }>({
    name: 'ack-reader-lock',
    text: 'SELECT withdrawals FROM ack_reader WHERE tenant_id = $1 AND user_id = $2 FOR UPDATE',
    values: [tenantId, userId],
  });
  if (reader === undefined || Number(reader.withdrawals) !== withdrawals) return;
  await ask({
    name: 'ack-keep-watermarks',
    text: `INSERT INTO ack_watermark AS kept (tenant_id, user_id, kind, profile_id, role, seq, quarantine_ends)
      SELECT $1, $2, m.kind, m.profile_id, m.role, m.seq, $7::bigint FROM unnest($3::text[], $4::text[], $5::text[], $6::bigint[]) AS m(kind, profile_id, role, seq)
      ORDER BY m.kind, m.profile_id, m.role
      ON CONFLICT (tenant_id, user_id, kind, profile_id, role) DO UPDATE SET seq = EXCLUDED.seq, quarantine_ends = EXCLUDED.quarantine_ends
        WHERE (kept.quarantine_ends, kept.seq) < (EXCLUDED.quarantine_ends, EXCLUDED.seq)`,
    values: [
      tenantId,
      userId,
      marks.map(({ source }) => source.kind),
      marks.map(({ source }) => source.profileId),
      marks.map(({ source }) => source.role),
      marks.map(({ seq }) => seq),
      quarantineEnds,
    ],
  });
}
