// GET /api/v1/enterprise/audit/events/{event_id}/explain: which rules decide about an entry, and when it will go.
import { z } from 'zod';
import { explainEntry } from '../../../db/retention/explain-entry.ts';
import { actions } from '../../../domain/retention/policy.schema.ts';
import { formatInstant } from '../../../domain/shared/instant.ts';
import { refuse } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';

export const explainEventRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/enterprise/audit/events/{event_id}/explain',
  summary: 'Explain when an entry will go, and why it is kept',
  tag: 'retention',
  access: { anyScope: ['compliance:manage', 'audit:read'] },
  ownAction: { action: 'explain_audit_event' },
  params: z.strictObject({ event_id: z.string().regex(/^(?:evt_|aud_|chg_)?[A-Za-z0-9]{1,64}$/, 'expected an event id') }),
  reply: z.strictObject({
    id: z.string(),
    seq: z.int(),
    verdict: z.enum(['kept', 'goes']),
    because: z.enum(['hold', 'floor', 'not_old_enough', 'no_policy', 'due']),
    goes_at: z.string().nullable().describe('As the rules are now; null for never, and while a hold is on it.'),
    leaves_audit_at: z.string().nullable().describe('When it leaves the audit log, which may be before it goes.'),
    leaves_changes_at: z.string().nullable().describe('When it leaves the change log; null for what carries no change.'),
    removed_by: z.string().nullable(),
    action: z.enum(actions).nullable(),
    floor_by: z.string().nullable(),
    quarantined_by: z.string().nullable().describe('The run that hides it from ordinary reads.'),
    holds: z.array(z.strictObject({ id: z.string(), name: z.string(), matter_id: z.string().nullable() })),
    policies: z.array(z.strictObject({ id: z.string(), name: z.string(), action: z.enum(actions), due_at: z.string().nullable(), floor_until: z.string().nullable() })),
  }),
  refusals: ['NOT_FOUND'],
  async handle({ params: { event_id: id }, principal: { tenantId } }, world) {
    const body = id.replace(/^(?:evt_|aud_|chg_)/, '');
    const explained = await explainEntry(world.pool, { tenantId, body, nowMs: world.clock.nowMs() });
    if (explained === null) return refuse('NOT_FOUND');
    const { fate, holds, policies, quarantinedBy, seq } = explained;
    return {
      id: `aud_${explained.id}`,
      seq,
      verdict: fate.verdict,
      because: fate.because,
      goes_at: fate.goesAt === null ? null : formatInstant(fate.goesAt),
      leaves_audit_at: fate.leavesAt.audit === null ? null : formatInstant(fate.leavesAt.audit),
      leaves_changes_at: fate.leavesAt.changes === null ? null : formatInstant(fate.leavesAt.changes),
      removed_by: fate.removedBy,
      action: fate.action,
      floor_by: fate.floorBy,
      quarantined_by: quarantinedBy,
      holds: [...holds],
      policies: [...policies],
    };
  },
});
