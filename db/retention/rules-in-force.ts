// The rules of a tenant as one transaction sees them, compiled to SQL: what a policy covers, what holds keep, what floors keep.
import type { SqlParameters } from '../../domain/filter/filter-sql.ts';
import type { HeldScope } from '../../domain/held/held-scope.ts';
import { heldSql } from '../../domain/held/held-sql.ts';
import { coverageSql } from '../../domain/retention/coverage.ts';
import type { RootsOfFolders } from '../../domain/retention/coverage.ts';
import { removalDays } from '../../domain/retention/views.ts';
import type { ViewDays } from '../../domain/retention/views.ts';
import type { View } from '../../domain/access/view.ts';
import type { Ask } from '../access/ask.ts';
import { readRoots, readScopes } from '../held/read-scopes.ts';
import { policiesInForce } from './policy-rows.ts';
import type { StoredPolicy } from './policy-rows.ts';

export interface RulesInForce {
  readonly policies: readonly StoredPolicy[];
  readonly scopes: readonly HeldScope[];
  readonly roots: RootsOfFolders;
}

export async function readRules(ask: Ask, tenantId: string): Promise<RulesInForce> {
  const scopes = await readScopes(ask, { tenantId });
  const policies = await policiesInForce(ask, tenantId);
  const folders = policies.flatMap(({ shown }) => (shown.scope_type === 'folder' ? shown.scope_ids : []));
  return { policies, scopes, roots: await readRoots(ask, tenantId, folders) };
}

/** Each takes its parameters in when it is written: what a statement does not use must not be among them. */
export interface RuleSql {
  /** Covered by the policy and, by its trigger, old enough at the instant. */
  due(): string;
  /** Old enough still, of an entry that was due once: only a newer entry of its resource can have changed that. */
  old(): string;
  held(): string;
  /** Some floor reaches beyond the instant. */
  floored(): string;
}

/** `asOf` is an instant as ISO 8601; conditions over `entry` under the alias e, true or false, never null. */
export function ruleSql(policy: StoredPolicy, { policies, scopes, roots }: RulesInForce, { tenantId, asOf, parameters }: { tenantId: string; asOf: string; parameters: SqlParameters }): RuleSql {
  /** A query of its own is answered once, and what it says is compared with each entry; days would be taken from the instant for each. */
  const before = (days: number): string => `(SELECT ${parameters.add(asOf)}::timestamptz - make_interval(days => ${String(days)}))`;
  const cover = (one: StoredPolicy): string => coverageSql({ ...one.shown, selection: one.selection }, parameters, { tenantId, roots });
  function old(): string {
    if (policy.shown.views !== null) return viewsOld(policy.shown.views);
    const cutoff = before(policy.shown.retention_days);
    if (policy.shown.trigger === 'creation') return `(e.event_time <= ${cutoff})`;
    return `(e.event_time <= ${cutoff} AND NOT EXISTS (SELECT FROM entry n
      WHERE n.tenant_id = ${parameters.add(tenantId)} AND n.resource_id = e.resource_id AND n.resource_type IS NOT DISTINCT FROM e.resource_type AND n.event_time > ${cutoff}))`;
  }
  /** Out of every view it is in. */
  function viewsOld(days: ViewDays): string {
    const over = (count: number | null): string => (count === null ? 'false' : `e.event_time <= ${before(count)}`);
    return `(CASE WHEN e.change_type IS NULL THEN ${over(removalDays(days, { isChange: false }))} ELSE ${over(removalDays(days, { isChange: true }))} END)`;
  }
  return {
    due: () => `(${old()} AND ${cover(policy)})`,
    old,
    held: () => heldSql(scopes, parameters, { tenantId }),
    floored() {
      const floors = policies.filter(({ shown }) => shown.min_retention_days > 0);
      if (floors.length === 0) return 'false';
      return `(${floors.map((one) => `(e.recorded_at > ${before(one.shown.min_retention_days)} AND ${cover(one)})`).join(' OR ')})`;
    },
  };
}

/** Whose time in the view is over; null where the view is not bounded. */
export function overSql({ days, view, asOf, parameters }: { days: number | null; view: View; asOf: string; parameters: SqlParameters }): string | null {
  if (days === null) return null;
  const inView = view === 'changes' ? 'e.change_type IS NOT NULL AND ' : '';
  return `(${inView}e.event_time <= ${parameters.add(asOf)}::timestamptz - make_interval(days => ${String(days)}))`;
}
