// Which rules decide about one entry, and when it will go.
import { parseInstant, formatInstant } from '../../domain/shared/instant.ts';
import { holdingScopes } from '../../domain/held/is-held.ts';
import { covers } from '../../domain/retention/coverage.ts';
import { decideFate, dueAt, floorUntil } from '../../domain/retention/precedence.ts';
import type { CoveringPolicy, Fate } from '../../domain/retention/precedence.ts';
import { asking } from '../access/ask.ts';
import type { Ask } from '../access/ask.ts';
import { creatorsOf, namesOfHolds } from '../held/holds-on.ts';
import type { HoldOn } from '../held/holds-on.ts';
import { readStoredEntries } from '../journal/read-stored.ts';
import type { Pool } from '../pool.ts';
import { inTenant, queryAs } from '../tenant-transaction.ts';
import { readRules } from './rules-in-force.ts';

export interface Explained {
  readonly id: string;
  readonly seq: number;
  readonly fate: Fate;
  readonly holds: readonly HoldOn[];
  /** The run whose quarantine hides it. */
  readonly quarantinedBy: string | null;
  readonly policies: readonly { readonly id: string; readonly name: string; readonly action: CoveringPolicy['action']; readonly due_at: string | null; readonly floor_until: string | null }[];
}

/** `body` is the id without its prefix; null when there is no such entry. */
export async function explainEntry(pool: Pool, { tenantId, body, nowMs }: { tenantId: string; body: string; nowMs: number }): Promise<Explained | null> {
  const seq = await seqOf(pool, { tenantId, body });
  if (seq === null) return null;
  for await (const [entry] of readStoredEntries(pool, { tenantId, afterSeq: seq - 1, throughSeq: seq, pageEntries: 1 })) {
    if (entry === undefined) return null;
    return inTenant(pool, tenantId, async (client) => {
      const ask = asking(client);
      const { policies, scopes, roots } = await readRules(ask, tenantId);
      const creators = scopes.length === 0 ? new Set<string>() : await creatorsOf(ask, { tenantId, resourceId: entry.resource_id });
      const holds = await namesOfHolds(ask, tenantId, holdingScopes(scopes, entry, { creators }).map(({ holdId }) => holdId));
      const covering = policies.filter(({ shown, selection }) => covers({ ...shown, selection }, entry, roots));
      const ages = { eventTime: parseInstant(entry.event_time) ?? 0, recordedAt: entry.recordedAt, newestOfResource: await newestOf(ask, { tenantId, entry }), isChange: entry.change_type !== null };
      const rules = covering.map(({ shown }): CoveringPolicy => ({ id: shown.id, retentionDays: shown.retention_days, minRetentionDays: shown.min_retention_days, trigger: shown.trigger, action: shown.action, views: shown.views }));
      return {
        id: entry.id,
        seq,
        fate: decideFate(ages, { isHeld: holds.length > 0, policies: rules }, nowMs * 1000),
        holds,
        quarantinedBy: await hidingRun(ask, { tenantId, seq }),
        policies: rules.map((rule, index) => ({
          id: rule.id,
          name: covering[index]?.shown.name ?? '',
          action: rule.action,
          due_at: instantOrNull(dueAt(rule, ages)),
          floor_until: rule.minRetentionDays === 0 ? null : formatInstant(floorUntil(rule, ages)),
        })),
      };
    });
  }
  return null;
}

function instantOrNull(micros: number | null): string | null {
  return micros === null ? null : formatInstant(micros);
}

async function seqOf(pool: Pool, { tenantId, body }: { tenantId: string; body: string }): Promise<number | null> {
  const [row] = await queryAs<{ seq: string }>(pool, tenantId, { name: 'seq-of-entry', text: 'SELECT e.seq FROM entry e WHERE e.tenant_id = $1 AND e.id = $2', values: [tenantId, body] });
  return row === undefined ? null : Number(row.seq);
}

/** Of several the first that hid it. */
async function hidingRun(ask: Ask, { tenantId, seq }: { tenantId: string; seq: number }): Promise<string | null> {
  const [row] = await ask<{ run_id: string }>({
    name: 'run-that-hides',
    text: 'SELECT q.run_id FROM quarantine_part q WHERE q.tenant_id = $1 AND q.shown_at IS NULL AND q.seqs @> $2::bigint ORDER BY q.run_id LIMIT 1',
    values: [tenantId, seq],
  });
  return row?.run_id ?? null;
}

async function newestOf(ask: Ask, { tenantId, entry }: { tenantId: string; entry: { readonly resource_id: string | null; readonly resource_type: string | null; readonly event_time: string } }): Promise<number> {
  const own = parseInstant(entry.event_time) ?? 0;
  if (entry.resource_id === null) return own;
  const [row] = await ask<{ newest: string | null }>({
    name: 'newest-of-resource',
    text: `SELECT iso_utc(max(e.event_time)) AS newest FROM entry e WHERE e.tenant_id = $1 AND e.resource_id = $2 AND e.resource_type IS NOT DISTINCT FROM $3`,
    values: [tenantId, entry.resource_id, entry.resource_type],
  });
  return row?.newest == null ? own : (parseInstant(row.newest) ?? own);
}
