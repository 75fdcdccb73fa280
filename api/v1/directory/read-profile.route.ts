// GET /api/v1/directory/profiles/{id}: an organization, a workspace or a share.
import { z } from 'zod';
import { profile } from '../../../domain/directory/profile.schema.ts';
import { producerId } from '../../../domain/shared/ids.ts';
import { refuse } from '../../../domain/shared/refusal.ts';
import { readProfile } from '../../../db/directory/read-profiles.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import { defineRoute } from '../../route/define-route.ts';

export const readProfileRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/directory/profiles/{id}',
  summary: 'Read an organization, a workspace or a share',
  description: 'A user without scope reads the profiles they may see; others are as absent.',
  tag: 'directory',
  access: 'signed-in',
  params: z.strictObject({ id: producerId }),
  reply: profile,
  refusals: ['NOT_FOUND'],
  async handle({ params: { id }, principal }, world) {
    return (await inTenant(world.pool, principal.tenantId, (client) => readProfile(client, principal, id))) ?? refuse('NOT_FOUND');
  },
});
