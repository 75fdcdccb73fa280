// GET /current/events/unread/: how much the caller has not read, per profile and in total.
import { z } from 'zod';
import { countUnread } from '../../../db/ack/count-unread.ts';
import { defineRoute } from '../../route/define-route.ts';
import { currentReply, currentSearchDialect } from '../current-dialect.ts';

export const unreadEvents = defineRoute({
  method: 'GET',
  path: '/current/events/unread/',
  summary: 'Count the events the caller has not acknowledged',
  description: 'Exact, and only of what the caller is shown. An event counts for each profile it names, and once in the total; profiles with nothing unread are left out.',
  tag: 'current',
  access: 'signed-in',
  dialect: currentSearchDialect,
  reply: currentReply(z.strictObject({ profiles: z.record(z.string(), z.int()), total: z.int() })),
  refusals: [],
  handle: async ({ principal }, world) => ({ result: 'yes' as const, response: await countUnread(world.pool, principal) }),
});
