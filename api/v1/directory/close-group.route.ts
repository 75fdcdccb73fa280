// DELETE /api/v1/directory/groups/{id}: closes a group.
import { z } from 'zod';
import { producerId } from '../../../domain/shared/ids.ts';
import { closeGroup } from '../../../db/directory/close-group.ts';
import { defineRoute } from '../../route/define-route.ts';
import { noContent } from '../../route/reply.ts';

export const closeGroupRoute = defineRoute({
  method: 'DELETE',
  path: '/api/v1/directory/groups/{id}',
  summary: 'Close a group',
  description: 'Takes all rights away; what the log says stays. Closing what is closed changes nothing.',
  tag: 'directory',
  access: { anyScope: ['events:write'] },
  ownAction: { action: 'delete_group' },
  params: z.strictObject({ id: producerId }),
  reply: noContent,
  refusals: ['NOT_FOUND', 'FORBIDDEN'],
  handle: ({ params: { id }, principal, requestId }, world) => closeGroup(world, { principal, requestId }, id),
});
