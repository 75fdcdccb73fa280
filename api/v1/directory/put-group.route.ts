// PUT /api/v1/directory/groups/{id}: a group, made or changed.
import { z } from 'zod';
import { group, groupWish } from '../../../domain/directory/group.schema.ts';
import { producerId } from '../../../domain/shared/ids.ts';
import { isRefusal } from '../../../domain/shared/refusal.ts';
import { putGroup } from '../../../db/directory/put-group.ts';
import { defineRoute } from '../../route/define-route.ts';
import { answer } from '../../route/reply.ts';

export const putGroupRoute = defineRoute({
  method: 'PUT',
  path: '/api/v1/directory/groups/{id}',
  summary: 'Make or change a group',
  description: 'The members sent replace the members stored. What is closed is made anew.',
  tag: 'directory',
  access: { anyScope: ['events:write'] },
  ownAction: { action: 'update_group' },
  params: z.strictObject({ id: producerId }),
  body: groupWish,
  reply: group,
  otherStatuses: { 201: 'It was not there before.' },
  refusals: ['CONFLICT', 'FORBIDDEN'],
  async handle({ params: { id }, body, principal, requestId }, world) {
    const put = await putGroup(world, { principal, requestId }, { id, wish: body });
    return isRefusal(put) ? put : answer({ status: put.created ? 201 : 200, body: put.shown });
  },
});
