// Counts what scopes hold, in parts: no snapshot stays open for the whole of a long log.
import { sqlParameters } from '../../domain/filter/filter-sql.ts';
import { heldSql } from '../../domain/held/held-sql.ts';
import type { HeldScope } from '../../domain/held/held-scope.ts';
import type { Pool } from '../pool.ts';
import { queryAs } from '../tenant-transaction.ts';

export interface CountAsked {
  readonly tenantId: string;
  readonly scopes: readonly HeldScope[];
  /** Of these items each is counted by itself as well. */
  readonly itemIds: readonly string[];
  /** Entries above it are not counted. */
  readonly throughSeq: number;
  readonly partSeqs?: number;
  readonly onPart?: (() => void) | undefined;
}

export interface HeldCount {
  readonly total: number;
  readonly byItem: ReadonlyMap<string, number>;
}

/** Without what Holdfast wrote about the holds: what their scopes protect. */
export async function countHeld(pool: Pool, { tenantId, scopes, itemIds, throughSeq, partSeqs = 500_000, onPart }: CountAsked): Promise<HeldCount> {
  const asked = scopes.filter(({ itemId }) => itemIds.includes(itemId));
  const counts = new Map(asked.map(({ itemId }) => [itemId, 0]));
  let total = 0;
  if (scopes.length === 0) return { total, byItem: counts };
  // A single scope needs no second look at the rows it selects.
  const single = scopes.length === 1;
  for (let after = 0; after < throughSeq; after += partSeqs) {
    onPart?.();
    const parameters = sqlParameters([tenantId, after, Math.min(after + partSeqs, throughSeq)]);
    const held = (some: readonly HeldScope[]): string => heldSql(some, parameters, { tenantId, scopesOnly: true, orNull: true });
    const each = single ? [] : asked.map((scope) => `count(*) FILTER (WHERE ${held([scope])})`);
    const text = `SELECT ARRAY[${['count(*)', ...each].join(', ')}]::text[] AS counts FROM entry e
      WHERE e.tenant_id = $1 AND e.seq > $2 AND e.seq <= $3 AND ${held(scopes)}`;
    const [row] = await queryAs<{ counts: readonly string[] }>(pool, tenantId, { text, values: parameters.values });
    const found = row?.counts.map(Number) ?? [];
    total += found[0] ?? 0;
    for (const [index, { itemId }] of asked.entries()) counts.set(itemId, (counts.get(itemId) ?? 0) + (found[single ? 0 : index + 1] ?? 0));
  }
  return { total, byItem: counts };
}
