// GET /api/v1/directory/profiles/{id}/members: page by page, in the order of their ids.
import { z } from 'zod';
import { member } from '../../../domain/directory/member.schema.ts';
import { producerId } from '../../../domain/shared/ids.ts';
import { isRefusal, refuse } from '../../../domain/shared/refusal.ts';
import { listMembers } from '../../../db/directory/read-profiles.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import { defineRoute } from '../../route/define-route.ts';
import { listQuery, pageAsked, pageFields, pageShown } from '../../route/list-page.ts';

export const listMembersRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/directory/profiles/{id}/members',
  summary: 'List the members of a profile',
  description: 'Whoever may see the profile sees its own members; those who hold a role from above or by a group are listed there.',
  tag: 'directory',
  access: 'signed-in',
  params: z.strictObject({ id: producerId }),
  query: listQuery,
  reply: z.strictObject({ members: z.array(member), ...pageFields }),
  refusals: ['CURSOR_INVALID', 'NOT_FOUND'],
  async handle({ params: { id }, query, principal }, world) {
    const asked = pageAsked(query);
    if (isRefusal(asked)) return asked;
    const page = await inTenant(world.pool, principal.tenantId, (client) => listMembers(client, principal, { profileId: id, ...asked }));
    return page === null ? refuse('NOT_FOUND') : { members: [...page.rows], ...pageShown(page, query) };
  },
});
