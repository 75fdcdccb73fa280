// Whether something of another system is held, for the system that owns it; and the refusal to delete it, which is an entry.
import type { Matchable } from '../../domain/filter/matches.ts';
import { isInScope } from '../../domain/held/is-held.ts';
import { heldSql } from '../../domain/held/held-sql.ts';
import { sqlParameters } from '../../domain/filter/filter-sql.ts';
import { trimmedPath } from '../../domain/held/held-scope.ts';
import type { HeldScope } from '../../domain/held/held-scope.ts';
import { factNames } from '../../domain/journal/entry.ts';
import { ownEntry } from '../../domain/journal/own-entry.ts';
import type { HoldSubject } from '../../domain/legal-hold/legal-hold.schema.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { asking } from '../access/ask.ts';
import type { Ask } from '../access/ask.ts';
import { creatorsOf, namesOfHolds } from '../held/holds-on.ts';
import type { HoldOn } from '../held/holds-on.ts';
import { readScopes } from '../held/read-scopes.ts';
import { inTenant } from '../tenant-transaction.ts';
import type { HoldWorld, HoldWriter } from './write-hold.ts';

/** The holds on it. What the caller does not say about it, its newest entries tell. */
export function checkSubject({ pool }: Pick<HoldWorld, 'pool'>, tenantId: string, subject: HoldSubject): Promise<HoldOn[]> {
  return inTenant(pool, tenantId, async (client) => {
    const ask = asking(client);
    const scopes = await readScopes(ask, { tenantId });
    if (scopes.length === 0) return [];
    const creators = await creatorsOf(ask, { tenantId, resourceId: subject.resource_id });
    const likeness = await likenessOf(ask, tenantId, subject);
    const holding = scopes.filter((scope) => isInScope(scope, likeness, { creators }));
    const byQuery = await queriesThatMean(ask, { tenantId, subject, scopes });
    const inside = await scopesInside(ask, { tenantId, subject, likeness, scopes });
    return namesOfHolds(ask, tenantId, [...holding, ...byQuery, ...inside].map(({ holdId }) => holdId));
  });
}

/** Null when it may be deleted. A blocked deletion is written down before it is answered. */
export async function guardSubject(world: HoldWorld, { principal, requestId }: HoldWriter, subject: HoldSubject): Promise<readonly HoldOn[] | null | Refusal> {
  const { tenantId } = principal;
  const holds = await checkSubject(world, tenantId, subject);
  if (holds.length === 0) return null;
  return world.effects.run(tenantId, () =>
    Promise.resolve({
      result: holds,
      entries: [
        ownEntry({
          ownAction: 'block_deletion',
          outcome: { outcome: 'denied', code: 'LEGAL_HOLD_BLOCKED_DELETION' },
          id: world.ids.next(),
          nowMs: world.clock.nowMs(),
          actor: principal,
          requestId,
          resourceType: subject.resource_type,
          resourceId: subject.resource_id,
          shareId: subject.share_id ?? null,
          details: {
            hold_ids: holds.map(({ id }) => id),
            holds: holds.slice(0, 20).map(({ id, name, matter_id }) => ({ id, name, matter_id })),
            ...(subject.path == null ? {} : { path: subject.path }),
            ...(subject.user_id == null ? {} : { owner_id: subject.user_id }),
          },
        }),
      ],
    }),
  );
}

const nothing = Object.fromEntries(factNames.map((name) => [name, null]));

/** The thing as an entry about it would show it. */
async function likenessOf(ask: Ask, tenantId: string, subject: HoldSubject): Promise<Matchable> {
  const known = subject.share_id != null && subject.path != null ? null : await newestPlace(ask, tenantId, subject);
  const isInKnownShare = subject.share_id == null || subject.share_id === known?.share_id;
  return {
    ...(nothing as unknown as Matchable), // every fact that nothing is known of is null, also those that an entry always has
    event_time: '1970-01-01T00:00:00Z',
    recordedAt: 0,
    search_text: '',
    resource_type: subject.resource_type,
    resource_id: subject.resource_id,
    user_id: subject.user_id ?? null,
    share_id: subject.share_id ?? known?.share_id ?? null,
    path: subject.path ?? (isInKnownShare ? (known?.path ?? null) : null),
  };
}

interface Place {
  readonly share_id: string | null;
  readonly path: string | null;
}

async function newestPlace(ask: Ask, tenantId: string, { resource_type: type, resource_id: id }: HoldSubject): Promise<Place | null> {
  if (type === 'share') return { share_id: id, path: null };
  const [row] = await ask<Place>({
    name: 'newest-place',
    text: `SELECT e.share_id, coalesce(e.new_path, e.path) AS path FROM entry e
      WHERE e.tenant_id = $1 AND e.resource_id = $2 AND e.resource_type = $3 AND e.share_id IS NOT NULL
      ORDER BY (coalesce(e.new_path, e.path) IS NOT NULL) DESC, e.seq DESC LIMIT 1`,
    values: [tenantId, id, type],
  });
  return row ?? null;
}

/** A query means entries: a thing is held by it when it means an entry about the thing. */
async function queriesThatMean(ask: Ask, { tenantId, subject, scopes }: { tenantId: string; subject: HoldSubject; scopes: readonly HeldScope[] }): Promise<HeldScope[]> {
  const queries = scopes.filter(({ by }) => by.kind === 'query');
  if (queries.length === 0) return [];
  const parameters = sqlParameters([tenantId, subject.resource_id, subject.resource_type]);
  const each = queries.map((scope) => `coalesce(bool_or(${heldSql([scope], parameters, { tenantId, scopesOnly: true })}), false)`);
  const [row] = await ask<{ meant: readonly boolean[] }>({
    name: '',
    text: `SELECT ARRAY[${each.join(', ')}] AS meant FROM entry e WHERE e.tenant_id = $1 AND e.resource_id = $2 AND e.resource_type = $3`,
    values: parameters.values,
  });
  return queries.filter((_, index) => row?.meant[index] === true);
}

/** Who deletes a folder or a share deletes what lies in it: it is held by what holds any of that, as far as its newest place is known. */
async function scopesInside(
  ask: Ask,
  { tenantId, subject, likeness, scopes }: { tenantId: string; subject: HoldSubject; likeness: Matchable; scopes: readonly HeldScope[] },
): Promise<readonly HeldScope[]> {
  const isShare = subject.resource_type === 'share';
  if (!isShare && subject.resource_type !== 'folder') return [];
  const shareId = isShare ? subject.resource_id : likeness.share_id;
  if (shareId === null || (!isShare && likeness.path === null)) return [];
  const parameters = sqlParameters([tenantId, shareId, isShare ? '' : trimmedPath(likeness.path ?? '')]);
  const each = scopes.map((scope) => `coalesce(bool_or(${heldSql([scope], parameters, { tenantId, scopesOnly: true, contentOnly: true })}), false)`);
  const [row] = await ask<{ inside: readonly boolean[] }>({
    name: '',
    text: `SELECT ARRAY[${each.join(', ')}] AS inside FROM entry e WHERE e.tenant_id = $1 AND e.resource_id IN (
      SELECT n.resource_id FROM (
        SELECT DISTINCT ON (i.resource_type, i.resource_id) i.resource_id, btrim(coalesce(i.new_path, i.path), '/') AS path
        FROM entry i WHERE i.tenant_id = $1 AND i.share_id = $2 AND i.resource_id IS NOT NULL AND coalesce(i.new_path, i.path) IS NOT NULL
        ORDER BY i.resource_type, i.resource_id, i.seq DESC) AS n
      WHERE $3 = '' OR starts_with(n.path, $3 || '/'))`,
    values: parameters.values,
  });
  return scopes.filter((_, index) => row?.inside[index] === true);
}
