// GET /api/v1/enterprise/audit/events/{id}: one entry, whole.
import { z } from 'zod';
import { readEvent } from '../../../db/audit/read-event.ts';
import { isRefusal } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { queryFlag } from '../../route/query-values.ts';
import { proofOf } from '../evidence/proof-reply.ts';
import { mayReadAudit } from './audit-page.ts';
import { showEvent, wholeEvent } from './whole-event.ts';

export const readEventRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/enterprise/audit/events/{id}',
  summary: 'Read an audit event with everything that is kept of it',
  description: 'The id may carry any of the prefixes aud_, evt_ and chg_. With proof=1 also what proves to somebody else that the entry is in the log.',
  tag: 'audit',
  access: mayReadAudit,
  ownAction: { action: 'view_audit_event' },
  params: z.strictObject({ id: z.string().regex(/^(?:aud_|evt_|chg_)?[A-Za-z0-9]{1,64}$/, 'expected an event id') }),
  query: z.strictObject({ proof: queryFlag().default(false) }),
  reply: wholeEvent,
  refusals: ['NOT_FOUND', 'FORBIDDEN'],
  async handle({ params: { id }, query: { proof }, principal }, { pool }) {
    const event = await readEvent(pool, principal, id);
    if (isRefusal(event)) return event;
    const { tenantId } = principal;
    const shown = showEvent(tenantId, event);
    return proof ? { ...shown, proof: await proofOf(pool, { tenantId, entry: event.entry }) } : shown;
  },
});
