// The rows of policies: read, listed, written.
import type { PolicyState } from '../../domain/retention/decide-policy.ts';
import type { Policy } from '../../domain/retention/policy.schema.ts';
import type { JsonObject } from '../../domain/shared/json.ts';
import type { Ask } from '../access/ask.ts';
import { pageOf } from '../list-page.ts';
import type { Page, PageAsked } from '../list-page.ts';

export interface PolicyRef {
  readonly tenantId: string;
  readonly policyId: string;
}

/** As it is shown, with its filter in the language's own form beside it. */
export interface StoredPolicy {
  readonly shown: Policy;
  readonly selection: JsonObject | null;
  /** Who wrote it last: on whose word its schedule runs it. */
  readonly changedBy: string;
}

export async function findPolicy(ask: Ask, { tenantId, policyId }: PolicyRef): Promise<StoredPolicy | null> {
  const [row] = await ask<PolicyRow>({ name: 'find-policy', text: `SELECT ${columns} FROM retention_policy p WHERE p.tenant_id = $1 AND p.id = $2 AND p.deleted_at IS NULL`, values: [tenantId, policyId] });
  return row === undefined ? null : asStored(row);
}

export async function lockPolicy(ask: Ask, { tenantId, policyId }: PolicyRef): Promise<StoredPolicy | null> {
  await ask({ name: 'lock-policy', text: 'SELECT 1 AS locked FROM retention_policy WHERE tenant_id = $1 AND id = $2 FOR UPDATE', values: [tenantId, policyId] });
  return findPolicy(ask, { tenantId, policyId });
}

export async function listPolicies(ask: Ask, { tenantId, afterId, limit }: PageAsked & { readonly tenantId: string }): Promise<Page<Policy>> {
  const rows = await ask<PolicyRow>({
    name: 'list-policies',
    text: `SELECT ${columns} FROM retention_policy p WHERE p.tenant_id = $1 AND p.deleted_at IS NULL AND p.id > $2 ORDER BY p.id LIMIT $3`,
    values: [tenantId, afterId, limit + 1],
  });
  return pageOf(rows.map((row) => asStored(row).shown), { limit });
}

/** Those that decide: enabled and not ended. */
export async function policiesInForce(ask: Ask, tenantId: string): Promise<StoredPolicy[]> {
  const rows = await ask<PolicyRow>({
    name: 'policies-in-force',
    text: `SELECT ${columns} FROM retention_policy p WHERE p.tenant_id = $1 AND p.deleted_at IS NULL AND p.enabled ORDER BY p.id`,
    values: [tenantId],
  });
  return rows.map(asStored);
}

export async function countPolicies(ask: Ask, tenantId: string): Promise<number> {
  const [row] = await ask<{ policies: string }>({ name: 'count-policies', text: 'SELECT count(*) AS policies FROM retention_policy WHERE tenant_id = $1 AND deleted_at IS NULL', values: [tenantId] });
  return Number(row?.policies ?? 0);
}

export interface PolicyWrite extends PolicyRef {
  readonly state: PolicyState;
  readonly version: number;
  readonly createdBy: string;
  readonly changedBy: string;
  readonly now: string;
}

export async function writePolicy(ask: Ask, { tenantId, policyId, state, version, createdBy, changedBy, now }: PolicyWrite): Promise<void> {
  const json = (value: object | null): string | null => (value === null ? null : JSON.stringify(value));
  await ask({
    name: 'write-policy',
    text: `INSERT INTO retention_policy (tenant_id, id, version, name, description, retention_days, min_retention_days, counts_from, action, scope_type, scope_ids, filter, selection,
        schedule, approval, mode, enabled, created_by, created_at, updated_at, changed_by, views)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb, $13::jsonb, $14, $15, $16, $17, $18, $19, $19, $20, $21::jsonb)
      ON CONFLICT (tenant_id, id) DO UPDATE SET version = excluded.version, name = excluded.name, description = excluded.description, retention_days = excluded.retention_days,
        min_retention_days = excluded.min_retention_days, counts_from = excluded.counts_from, action = excluded.action, scope_type = excluded.scope_type, scope_ids = excluded.scope_ids,
        filter = excluded.filter, selection = excluded.selection, schedule = excluded.schedule, approval = excluded.approval, mode = excluded.mode, enabled = excluded.enabled,
        updated_at = excluded.updated_at, changed_by = excluded.changed_by, views = excluded.views`,
    values: [
      tenantId, policyId, version, state.name, state.description, state.retention_days, state.min_retention_days, state.trigger, state.action, state.scope_type, state.scope_ids,
      json(state.filter), json(state.selection), state.schedule, state.approval, state.mode, state.enabled, createdBy, now, changedBy, json(state.views),
    ],
  });
}

export async function endPolicy(ask: Ask, { tenantId, policyId, now }: PolicyRef & { readonly now: string }): Promise<void> {
  await ask({ name: 'end-policy', text: 'UPDATE retention_policy SET deleted_at = $3, updated_at = $3, version = version + 1 WHERE tenant_id = $1 AND id = $2', values: [tenantId, policyId, now] });
}

type PolicyRow = Policy & { readonly selection: JsonObject | null; readonly changed_by: string };

const columns = `p.id, p.version, p.name, p.description, p.retention_days, p.min_retention_days, p.counts_from AS trigger, p.action, p.scope_type, p.scope_ids, p.filter, p.schedule,
  p.approval, p.mode, p.enabled, p.views, p.created_by, iso_utc(p.created_at) AS created_at, iso_utc(p.updated_at) AS updated_at, p.selection, coalesce(p.changed_by, p.created_by) AS changed_by`;

function asStored({ selection, changed_by: changedBy, ...shown }: PolicyRow): StoredPolicy {
  return { shown, selection, changedBy };
}
