// Which holds are on one entry.
import type { Matchable } from '../../domain/filter/matches.ts';
import { holdingScopes } from '../../domain/held/is-held.ts';
import type { Ask } from '../access/ask.ts';
import { readScopes } from './read-scopes.ts';

export interface HoldOn {
  readonly id: string;
  readonly name: string;
  readonly matter_id: string | null;
}

export async function holdsOnEntry(ask: Ask, tenantId: string, entry: Matchable): Promise<HoldOn[]> {
  const scopes = await readScopes(ask, { tenantId });
  if (scopes.length === 0) return [];
  const creators = await creatorsOf(ask, { tenantId, resourceId: entry.resource_id });
  return namesOfHolds(ask, tenantId, holdingScopes(scopes, entry, { creators }).map(({ holdId }) => holdId));
}

/** Whose entries created a resource, those included that were removed while somebody was held. */
export async function creatorsOf(ask: Ask, { tenantId, resourceId }: { tenantId: string; resourceId: string | null }): Promise<ReadonlySet<string>> {
  if (resourceId === null) return new Set();
  const rows = await ask<{ user_id: string }>({
    name: 'creators-of-resource',
    text: `SELECT DISTINCT e.user_id FROM entry e WHERE e.tenant_id = $1 AND e.resource_id = $2 AND e.change_type = 'created' AND e.user_id IS NOT NULL
      UNION SELECT k.user_id FROM held_resource k WHERE k.tenant_id = $1 AND k.resource_id = $2`,
    values: [tenantId, resourceId],
  });
  return new Set(rows.map(({ user_id: id }) => id));
}

export async function namesOfHolds(ask: Ask, tenantId: string, holdIds: readonly string[]): Promise<HoldOn[]> {
  if (holdIds.length === 0) return [];
  const rows = await ask<HoldOn>({
    name: 'names-of-holds',
    text: 'SELECT h.id, h.name, h.matter_id FROM legal_hold h WHERE h.tenant_id = $1 AND h.id = ANY ($2) ORDER BY h.id',
    values: [tenantId, [...new Set(holdIds)]],
  });
  return [...rows];
}
