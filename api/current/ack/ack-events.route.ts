// POST /current/events/ack/: many events as read, named one by one or as everything up to a place in the log.
import { z } from 'zod';
import { acknowledgeEvents } from '../../../db/ack/acknowledge-events.ts';
import { acknowledgeThrough } from '../../../db/ack/acknowledge-through.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import type { Principal } from '../../../domain/access/principal.ts';
import { currentEventId, currentSelectionFields, toCurrentSelection } from '../../../domain/filter/current-selection.ts';
import { isRefusal } from '../../../domain/shared/refusal.ts';
import type { Refusal } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import type { ApiWorld } from '../../world.ts';
import { currentAckDialect, currentReply } from '../current-dialect.ts';

const byIds = z.strictObject({ event_ids: z.array(currentEventId).min(1).max(1_000) });
const { acknowledged: _onlyForReading, ...selectionFields } = currentSelectionFields;
const byCursor = z.strictObject({ through: z.string().min(1).max(256), ...selectionFields });

export const acknowledgeMany = defineRoute({
  method: 'POST',
  path: '/current/events/ack/',
  summary: 'Acknowledge many events',
  description:
    'Either event_ids (all of them or none), or through: a cursor of any door; then everything the caller is shown up to there is acknowledged, ' +
    'narrowed by the parameters of the search beside it. Answers how many were not acknowledged before.',
  tag: 'current',
  access: 'signed-in',
  dialect: currentAckDialect,
  body: z.union([byIds, byCursor]),
  reply: currentReply(z.strictObject({ acknowledged: z.int() })),
  refusals: ['NOT_FOUND', 'FORBIDDEN', 'CURSOR_INVALID', 'CURSOR_EXPIRED'],
  async handle({ body, principal }, world) {
    const acknowledged = await acknowledge(body, principal, world);
    return isRefusal(acknowledged) ? acknowledged : { result: 'yes' as const, response: { acknowledged } };
  },
});

async function acknowledge(body: z.output<typeof byIds> | z.output<typeof byCursor>, principal: Principal, world: ApiWorld): Promise<number | Refusal> {
  const { tenantId } = principal;
  if ('event_ids' in body) return inTenant(world.pool, tenantId, (client) => acknowledgeEvents(client, principal, body.event_ids), { planned: 'once' });
  const { through, ...input } = body;
  const selection = toCurrentSelection(input);
  if (isRefusal(selection)) return selection;
  return acknowledgeThrough(world.pool, world.cursors, { principal, place: world.cursors.read(tenantId, through), selection });
}
