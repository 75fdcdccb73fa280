// The floor of a removal: a bare DELETE of the same share of the rows of some months, in batches, by the owner, with nothing that guards the log.
import type pg from 'pg';

export interface BareDelete {
  readonly owner: pg.Client;
  readonly partitions: readonly string[];
  readonly batchEntries: number;
  /** What is left alone. */
  readonly keptUsers: readonly string[];
}

export async function switchGuardsOff(owner: pg.Client, partitions: readonly string[]): Promise<void> {
  for (const partition of partitions) await owner.query(`ALTER TABLE ${partition} DISABLE TRIGGER ALL`);
}

/** Answers how many rows went. */
export async function bareDelete({ owner, partitions, batchEntries, keptUsers }: BareDelete): Promise<number> {
  let removed = 0;
  for (const partition of partitions) {
    const { rows } = await owner.query<{ first: string; last: string }>(`SELECT min(seq) AS first, max(seq) AS last FROM ${partition}`);
    const last = Number(rows[0]?.last ?? 0);
    for (let after = Number(rows[0]?.first ?? 1) - 1; after < last; after += batchEntries) {
      const { rowCount } = await owner.query(`DELETE FROM ${partition} WHERE tenant_id = 'demo' AND seq > $1 AND seq <= $2 AND user_id <> ALL ($3::text[])`, [after, after + batchEntries, keptUsers]);
      removed += rowCount ?? 0;
    }
  }
  return removed;
}
