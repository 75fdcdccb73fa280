// GET /api/v1/directory/groups/{id}: a group.
import { z } from 'zod';
import { group } from '../../../domain/directory/group.schema.ts';
import { producerId } from '../../../domain/shared/ids.ts';
import { refuse } from '../../../domain/shared/refusal.ts';
import { readGroup } from '../../../db/directory/read-groups.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import { defineRoute } from '../../route/define-route.ts';

export const readGroupRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/directory/groups/{id}',
  summary: 'Read a group',
  description: 'Groups are shown to tokens with a scope.',
  tag: 'directory',
  access: 'signed-in',
  params: z.strictObject({ id: producerId }),
  reply: group,
  refusals: ['NOT_FOUND'],
  async handle({ params: { id }, principal }, world) {
    return (await inTenant(world.pool, principal.tenantId, (client) => readGroup(client, principal, id))) ?? refuse('NOT_FOUND');
  },
});
