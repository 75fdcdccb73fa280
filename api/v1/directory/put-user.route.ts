// PUT /api/v1/directory/users/{id}: a user, made or changed.
import { z } from 'zod';
import { user, userWish } from '../../../domain/directory/user.schema.ts';
import { producerId } from '../../../domain/shared/ids.ts';
import { isRefusal } from '../../../domain/shared/refusal.ts';
import { putUser } from '../../../db/directory/put-user.ts';
import { defineRoute } from '../../route/define-route.ts';
import { answer } from '../../route/reply.ts';

export const putUserRoute = defineRoute({
  method: 'PUT',
  path: '/api/v1/directory/users/{id}',
  summary: 'Make or change a user',
  description:
    'Absent fields that may be absent keep what is stored; groups, when given, replaces the groups of the user. What is closed is made anew.',
  tag: 'directory',
  access: { anyScope: ['events:write'] },
  ownAction: { action: 'update_user' },
  params: z.strictObject({ id: producerId }),
  body: userWish,
  reply: user,
  otherStatuses: { 201: 'It was not there before.' },
  refusals: ['CONFLICT', 'FORBIDDEN'],
  async handle({ params: { id }, body, principal, requestId }, world) {
    const put = await putUser(world, { principal, requestId }, { id, wish: body });
    return isRefusal(put) ? put : answer({ status: put.created ? 201 : 200, body: put.shown });
  },
});
