// Compares a stored log with what its clients were told: nothing lost, nothing twice, no gap, an unbroken chain.
import { readLogExtent, readLogRecords } from '../../db/evidence/read-log.ts';
import { sha256 } from '../../db/journal/sha256.ts';
import type { Pool } from '../../db/pool.ts';
import { queryAs } from '../../db/tenant-transaction.ts';
import { verifyLog } from '../../domain/evidence/verify-log.ts';
import type { Acknowledged } from './ingest-load.ts';

export interface Judgement {
  readonly entries: number;
  /** Empty when the log keeps what was promised. */
  readonly problems: readonly string[];
}

export interface StoredName {
  readonly seq: number;
  readonly id: string;
  readonly name: string;
}

export async function judgeLog(pool: Pool, { tenantId, acknowledged }: { tenantId: string; acknowledged: readonly Acknowledged[] }): Promise<Judgement> {
  const extent = await readLogExtent(pool, tenantId);
  if (extent === null) return { entries: 0, problems: ['there is no log'] };
  const rows = await queryAs<{ seq: string; id: string; event_type: string; resource_id: string | null }>(pool, tenantId, {
    text: 'SELECT seq, id, event_type, resource_id FROM entry WHERE tenant_id = $1 ORDER BY seq',
    values: [tenantId],
  });
  const stored = rows
    .filter(({ event_type: eventType }) => eventType === 'file.create')
    .map(({ seq, id, resource_id: name }) => ({ seq: Number(seq), id: `evt_${id}`, name: String(name) }));
  const { fault } = await verifyLog({ sha256, tenantId, checkSignature: () => 'unknown key', records: readLogRecords(pool, extent), witnesses: [], head: extent.head });
  return {
    entries: rows.length,
    problems: [
      ...gapsIn(rows.map(({ seq }) => Number(seq)), extent.head.seq),
      ...compare({ stored, acknowledged }),
      ...(fault === null ? [] : [`the chain is broken at ${String(fault.seq)}: ${fault.reason}`]),
    ],
  };
}

/** When every client has its answer, what is stored is exactly what was acknowledged. */
export function compare({ stored, acknowledged }: { stored: readonly StoredName[]; acknowledged: readonly Acknowledged[] }): string[] {
  const problems: string[] = [];
  const byName = Map.groupBy(stored, ({ name }) => name);
  const told = new Set(acknowledged.map(({ name }) => name));
  for (const { name, id, seq } of acknowledged) {
    const found = byName.get(name) ?? [];
    if (found.length === 0) problems.push(`${name} was acknowledged and is lost`);
    else if (!found.some((one) => one.id === id && one.seq === seq)) problems.push(`${name} was acknowledged as ${id} at ${String(seq)} and is another entry`);
  }
  for (const [name, found] of byName) {
    if (found.length > 1) problems.push(`${name} is stored ${String(found.length)} times`);
    if (!told.has(name)) problems.push(`${name} is stored and was never acknowledged`);
  }
  return problems;
}

function gapsIn(seqs: readonly number[], head: number): string[] {
  const gap = seqs.findIndex((seq, place) => seq !== place + 1);
  if (gap >= 0) return [`where ${String(gap + 1)} should be is ${String(seqs[gap])}`];
  return seqs.length === head ? [] : [`the head says ${String(head)}, and there are ${String(seqs.length)}`];
}
