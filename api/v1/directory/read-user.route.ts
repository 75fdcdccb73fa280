// GET /api/v1/directory/users/{id}: a user.
import { z } from 'zod';
import { user } from '../../../domain/directory/user.schema.ts';
import { producerId } from '../../../domain/shared/ids.ts';
import { refuse } from '../../../domain/shared/refusal.ts';
import { readUser } from '../../../db/directory/read-users.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import { defineRoute } from '../../route/define-route.ts';

export const readUserRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/directory/users/{id}',
  summary: 'Read a user',
  description: 'A user without scope reads their own record; others are as absent.',
  tag: 'directory',
  access: 'signed-in',
  params: z.strictObject({ id: producerId }),
  reply: user,
  refusals: ['NOT_FOUND'],
  async handle({ params: { id }, principal }, world) {
    return (await inTenant(world.pool, principal.tenantId, (client) => readUser(client, principal, id))) ?? refuse('NOT_FOUND');
  },
});
