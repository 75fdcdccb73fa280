// PUT /api/v1/directory/profiles/{id}: an organization, a workspace or a share, made or changed.
import { z } from 'zod';
import { profile, profileWish } from '../../../domain/directory/profile.schema.ts';
import { producerId } from '../../../domain/shared/ids.ts';
import { isRefusal } from '../../../domain/shared/refusal.ts';
import { putProfile } from '../../../db/directory/put-profile.ts';
import { defineRoute } from '../../route/define-route.ts';
import { answer } from '../../route/reply.ts';

export const putProfileRoute = defineRoute({
  method: 'PUT',
  path: '/api/v1/directory/profiles/{id}',
  summary: 'Make or change an organization, a workspace or a share',
  description:
    'A share lies in a workspace or an org, a workspace in an org. The type of a profile never changes. What is closed is made anew.',
  tag: 'directory',
  access: { anyScope: ['events:write'] },
  limitedTokens: 'judged',
  ownAction: { action: 'update_profile' },
  params: z.strictObject({ id: producerId }),
  body: profileWish,
  reply: profile,
  otherStatuses: { 201: 'It was not there before.' },
  refusals: ['CONFLICT', 'FORBIDDEN'],
  async handle({ params: { id }, body, principal, requestId }, world) {
    const put = await putProfile(world, { principal, requestId }, { id, wish: body });
    return isRefusal(put) ? put : answer({ status: put.created ? 201 : 200, body: put.shown });
  },
});
