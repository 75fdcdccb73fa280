// PUT /api/v1/directory/profiles/{id}/members/{member_id}: a user or a group becomes a member, or gets another role.
import { z } from 'zod';
import { member, memberWish } from '../../../domain/directory/member.schema.ts';
import { producerId } from '../../../domain/shared/ids.ts';
import { isRefusal } from '../../../domain/shared/refusal.ts';
import { putMember } from '../../../db/directory/put-member.ts';
import { defineRoute } from '../../route/define-route.ts';
import { answer } from '../../route/reply.ts';

export const putMemberRoute = defineRoute({
  method: 'PUT',
  path: '/api/v1/directory/profiles/{id}/members/{member_id}',
  summary: 'Make a user or a group a member, or change their role',
  description: 'Owners and admins hold their role on everything below the profile, members and viewers on the profile itself.',
  tag: 'directory',
  access: { anyScope: ['events:write'] },
  limitedTokens: 'judged',
  ownAction: { action: 'update_member', resource: ({ params }) => params.id },
  params: z.strictObject({ id: producerId, member_id: producerId }),
  body: memberWish,
  reply: member,
  otherStatuses: { 201: 'They were no member before.' },
  refusals: ['NOT_FOUND', 'FORBIDDEN'],
  async handle({ params: { id, member_id: memberId }, body: { role }, principal, requestId }, world) {
    const put = await putMember(world, { principal, requestId }, { profileId: id, memberId, role });
    return isRefusal(put) ? put : answer({ status: put.created ? 201 : 200, body: put.shown });
  },
});
