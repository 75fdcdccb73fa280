// GET /api/v1/directory/groups: page by page, in the order of their ids.
import { z } from 'zod';
import { group } from '../../../domain/directory/group.schema.ts';
import { isRefusal } from '../../../domain/shared/refusal.ts';
import { listGroups } from '../../../db/directory/read-groups.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import { defineRoute } from '../../route/define-route.ts';
import { listQuery, pageAsked, pageFields, pageShown } from '../../route/list-page.ts';

export const listGroupsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/directory/groups',
  summary: 'List groups',
  description: 'A user without scope sees an empty list.',
  tag: 'directory',
  access: 'signed-in',
  query: listQuery,
  reply: z.strictObject({ groups: z.array(group), ...pageFields }),
  refusals: ['CURSOR_INVALID'],
  async handle({ query, principal }, world) {
    const asked = pageAsked(query);
    if (isRefusal(asked)) return asked;
    const page = await inTenant(world.pool, principal.tenantId, (client) => listGroups(client, principal, asked));
    return { groups: [...page.rows], ...pageShown(page, query) };
  },
});
