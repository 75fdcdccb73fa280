// GET /api/v1/directory/users: page by page, in the order of their ids.
import { z } from 'zod';
import { user } from '../../../domain/directory/user.schema.ts';
import { isRefusal } from '../../../domain/shared/refusal.ts';
import { listUsers } from '../../../db/directory/read-users.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import { defineRoute } from '../../route/define-route.ts';
import { listQuery, pageAsked, pageFields, pageShown } from '../../route/list-page.ts';

export const listUsersRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/directory/users',
  summary: 'List users',
  description: 'A user without scope sees a list of themselves.',
  tag: 'directory',
  access: 'signed-in',
  query: listQuery,
  reply: z.strictObject({ users: z.array(user), ...pageFields }),
  refusals: ['CURSOR_INVALID'],
  async handle({ query, principal }, world) {
    const asked = pageAsked(query);
    if (isRefusal(asked)) return asked;
    const page = await inTenant(world.pool, principal.tenantId, (client) => listUsers(client, principal, asked));
    return { users: [...page.rows], ...pageShown(page, query) };
  },
});
