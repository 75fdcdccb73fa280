// POST and DELETE /current/event/{event_id}/ack/: one event as read, or as not read again, by the caller.
import { z } from 'zod';
import { acknowledgeEvents, withdrawAck } from '../../../db/ack/acknowledge-events.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import { currentEventId } from '../../../domain/filter/current-selection.ts';
import { isRefusal } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { currentAckDialect, currentDone } from '../current-dialect.ts';

export const acknowledgeEvent = defineRoute({
  method: 'POST',
  path: '/current/event/{event_id}/ack/',
  summary: 'Acknowledge an event',
  description: 'For the caller alone; done again it changes nothing. Who may read an event may acknowledge it.',
  tag: 'current',
  access: 'signed-in',
  dialect: currentAckDialect,
  params: z.strictObject({ event_id: currentEventId }),
  reply: currentDone,
  refusals: ['NOT_FOUND'],
  async handle({ params, principal }, world) {
    const acknowledged = await inTenant(world.pool, principal.tenantId, (client) => acknowledgeEvents(client, principal, [params.event_id]), { planned: 'once' });
    return isRefusal(acknowledged) ? acknowledged : { result: 'yes' as const };
  },
});

export const withdrawAcknowledgement = defineRoute({
  method: 'DELETE',
  path: '/current/event/{event_id}/ack/',
  summary: 'Take the acknowledgement of an event back',
  tag: 'current',
  access: 'signed-in',
  dialect: currentAckDialect,
  params: z.strictObject({ event_id: currentEventId }),
  reply: currentDone,
  refusals: ['NOT_FOUND'],
  async handle({ params, principal }, world) {
    const refusal = await inTenant(world.pool, principal.tenantId, (client) => withdrawAck(client, principal, params.event_id), { planned: 'once' });
    return refusal ?? { result: 'yes' as const };
  },
});
