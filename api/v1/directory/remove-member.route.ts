// DELETE /api/v1/directory/profiles/{id}/members/{member_id}: takes a membership away.
import { z } from 'zod';
import { producerId } from '../../../domain/shared/ids.ts';
import { removeMember } from '../../../db/directory/remove-member.ts';
import { defineRoute } from '../../route/define-route.ts';
import { noContent } from '../../route/reply.ts';

export const removeMemberRoute = defineRoute({
  method: 'DELETE',
  path: '/api/v1/directory/profiles/{id}/members/{member_id}',
  summary: 'Take a membership away',
  description:
    'What they hold by a group or by a profile above stays. Taking away what is not there changes nothing; an id that nobody ever had is not found.',
  tag: 'directory',
  access: { anyScope: ['events:write'] },
  limitedTokens: 'judged',
  ownAction: { action: 'remove_member', resource: ({ params }) => params.id },
  params: z.strictObject({ id: producerId, member_id: producerId }),
  reply: noContent,
  refusals: ['NOT_FOUND', 'FORBIDDEN'],
  handle: ({ params: { id, member_id: memberId }, principal, requestId }, world) =>
    removeMember(world, { principal, requestId }, { profileId: id, memberId }),
});
