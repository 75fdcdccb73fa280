// DELETE /api/v1/directory/profiles/{id}: closes an organization, a workspace or a share.
import { z } from 'zod';
import { producerId } from '../../../domain/shared/ids.ts';
import { closeProfile } from '../../../db/directory/close-profile.ts';
import { defineRoute } from '../../route/define-route.ts';
import { noContent } from '../../route/reply.ts';

export const closeProfileRoute = defineRoute({
  method: 'DELETE',
  path: '/api/v1/directory/profiles/{id}',
  summary: 'Close an organization, a workspace or a share',
  description: 'Takes all rights away; what the log says stays. Closing what is closed changes nothing.',
  tag: 'directory',
  access: { anyScope: ['events:write'] },
  limitedTokens: 'judged',
  ownAction: { action: 'delete_profile' },
  params: z.strictObject({ id: producerId }),
  reply: noContent,
  refusals: ['NOT_FOUND', 'FORBIDDEN'],
  handle: ({ params: { id }, principal, requestId }, world) => closeProfile(world, { principal, requestId }, id),
});
