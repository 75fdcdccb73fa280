// GET /api/v1/directory/profiles: page by page, in the order of their ids.
import { z } from 'zod';
import { profile } from '../../../domain/directory/profile.schema.ts';
import { isRefusal } from '../../../domain/shared/refusal.ts';
import { listProfiles } from '../../../db/directory/read-profiles.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import { defineRoute } from '../../route/define-route.ts';
import { listQuery, pageAsked, pageFields, pageShown } from '../../route/list-page.ts';

export const listProfilesRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/directory/profiles',
  summary: 'List profiles',
  description: 'A user without scope sees the profiles their memberships show.',
  tag: 'directory',
  access: 'signed-in',
  query: listQuery,
  reply: z.strictObject({ profiles: z.array(profile), ...pageFields }),
  refusals: ['CURSOR_INVALID'],
  async handle({ query, principal }, world) {
    const asked = pageAsked(query);
    if (isRefusal(asked)) return asked;
    const page = await inTenant(world.pool, principal.tenantId, (client) => listProfiles(client, principal, asked));
    return { profiles: [...page.rows], ...pageShown(page, query) };
  },
});
