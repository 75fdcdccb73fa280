// The settings that bound the views of a log, as the policy they are: written in the transaction that changes them.
import type { PolicyState } from '../../domain/retention/decide-policy.ts';
import { views } from '../../domain/access/view.ts';
import { isUnbounded, settingsPolicyId, viewDaysOf } from '../../domain/retention/views.ts';
import type { ViewDays } from '../../domain/retention/views.ts';
import type { Settings } from '../../domain/settings/settings.ts';
import type { Ask } from '../access/ask.ts';
import { closeGate } from '../held/gate.ts';
import { putSchedule } from '../job/schedules.ts';
import { lockPolicy, writePolicy } from './policy-rows.ts';
import { scheduleOf } from './write-policy.ts';

export interface SettingsChanged {
  readonly tenantId: string;
  readonly before: Settings;
  readonly after: Settings;
  readonly by: string;
  readonly now: string;
}

/** Without a bound the policy stands still; what had left a view that is bounded no more is in it again. */
export async function keepSettingsPolicy(ask: Ask, { tenantId, before, after, by, now }: SettingsChanged): Promise<void> {
  const days = viewDaysOf(after);
  const had = viewDaysOf(before);
  if (days.audit === had.audit && days.changes === had.changes) return;
  await closeGate(ask, tenantId);
  const policyId = settingsPolicyId;
  const stored = await lockPolicy(ask, { tenantId, policyId });
  const state = stateOf(days);
  const createdBy = stored?.shown.created_by ?? by;
  await writePolicy(ask, { tenantId, policyId, state, version: (stored?.shown.version ?? 0) + 1, createdBy, changedBy: by, now });
  await putSchedule(ask, scheduleOf({ tenantId, policyId, state, now }));
  const unbounded = views.filter((view) => days[view] === null);
  await ask({ name: 'unbound-views', text: 'DELETE FROM log_view WHERE tenant_id = $1 AND view = ANY ($2)', values: [tenantId, unbounded] });
}

function stateOf(days: ViewDays): PolicyState {
  return {
    name: 'Audit log retention',
    description: 'The settings audit_retention_days and changelog_retention_days.',
    // What is kept for ever has no age at which it goes; the views say so.
    retention_days: days.audit ?? 36_500,
    min_retention_days: 0,
    trigger: 'creation',
    action: 'delete',
    scope_type: 'tenant',
    scope_ids: [],
    filter: null,
    selection: null,
    schedule: '40 2 * * *',
    approval: 'none',
    mode: 'governance',
    enabled: !isUnbounded(days),
    views: days,
  };
}
