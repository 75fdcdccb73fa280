// DELETE /api/v1/directory/users/{id}: closes a user.
import { z } from 'zod';
import { producerId } from '../../../domain/shared/ids.ts';
import { closeUser } from '../../../db/directory/close-user.ts';
import { defineRoute } from '../../route/define-route.ts';
import { noContent } from '../../route/reply.ts';

export const closeUserRoute = defineRoute({
  method: 'DELETE',
  path: '/api/v1/directory/users/{id}',
  summary: 'Close a user',
  description: 'Takes all rights away; what the log says stays. Closing what is closed changes nothing.',
  tag: 'directory',
  access: { anyScope: ['events:write'] },
  ownAction: { action: 'delete_user' },
  params: z.strictObject({ id: producerId }),
  reply: noContent,
  refusals: ['NOT_FOUND', 'FORBIDDEN'],
  handle: ({ params: { id }, principal, requestId }, world) => closeUser(world, { principal, requestId }, id),
});
