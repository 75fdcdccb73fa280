// GET /api/v1/directory/profiles/{id}/members/{member_id}: one membership.
import { z } from 'zod';
import { member } from '../../../domain/directory/member.schema.ts';
import { producerId } from '../../../domain/shared/ids.ts';
import { refuse } from '../../../domain/shared/refusal.ts';
import { readMember } from '../../../db/directory/read-profiles.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import { defineRoute } from '../../route/define-route.ts';

export const readMemberRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/directory/profiles/{id}/members/{member_id}',
  summary: 'Read a membership',
  description: 'Whoever may see the profile sees its members.',
  tag: 'directory',
  access: 'signed-in',
  params: z.strictObject({ id: producerId, member_id: producerId }),
  reply: member,
  refusals: ['NOT_FOUND'],
  async handle({ params: { id, member_id: memberId }, principal }, world) {
    const found = await inTenant(world.pool, principal.tenantId, (client) => readMember(client, principal, { profileId: id, memberId }));
    return found ?? refuse('NOT_FOUND');
  },
});
