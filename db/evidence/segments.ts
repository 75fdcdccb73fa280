// The Merkle roots of the segments of a log that are full: kept, so that their leaves are read once only.
import type { Segment } from '../../domain/evidence/segments.ts';
import type { Client } from '../pool.ts';

export interface SegmentRoot extends Segment {
  readonly root: Uint8Array;
}

/** The highest number such that all segments up to it are kept. */
export async function countSegments(client: Client, tenantId: string): Promise<number> {
  const { rows } = await client.query<{ kept: string }>({
    name: 'count-segments',
    text: 'SELECT coalesce(max(number), 0) AS kept FROM chain_segment WHERE tenant_id = $1',
    values: [tenantId],
  });
  return Number(rows[0]?.kept ?? 0);
}

/** Two who add the same segment add the same root. */
export async function addSegment(client: Client, tenantId: string, { number, firstSeq, lastSeq, root }: SegmentRoot): Promise<void> {
  await client.query({
    name: 'add-segment',
    text: `INSERT INTO chain_segment (tenant_id, number, first_seq, last_seq, root) VALUES ($1, $2, $3, $4, $5)
      ON CONFLICT (tenant_id, number) DO NOTHING`,
    values: [tenantId, number, firstSeq, lastSeq, root],
  });
}

/** Of the segments 1 to `through`, in order; throws when one is not there. */
export async function segmentRoots(client: Client, { tenantId, through }: { tenantId: string; through: number }): Promise<Uint8Array[]> {
  const { rows } = await client.query<{ root: Buffer }>({
    name: 'segment-roots',
    text: 'SELECT root FROM chain_segment WHERE tenant_id = $1 AND number BETWEEN 1 AND $2 ORDER BY number',
    values: [tenantId, through],
  });
  if (rows.length !== through) throw new Error(`the log of ${tenantId} has ${String(rows.length)} segment roots where ${String(through)} should be`);
  return rows.map(({ root }) => root);
}
