// POST /api/v1/enterprise/legal-holds/check: whether something is held, for the systems that own it.
import { z } from 'zod';
import { checkSubject } from '../../../db/legal-hold/check-subject.ts';
import { holdOn, subject } from '../../../domain/legal-hold/legal-hold.schema.ts';
import { defineRoute } from '../../route/define-route.ts';

export const checkHoldRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/enterprise/legal-holds/check',
  summary: 'Ask whether something is held',
  description: 'What is left out (its share, its path) is taken from its newest entries. Share, path and owner decide for shares, folders and users; queries hold what an entry of it matches.',
  tag: 'legal holds',
  access: { anyScope: ['compliance:manage', 'events:write'] },
  ownAction: { action: 'check_legal_hold', resource: ({ body }) => body?.resource_id ?? null },
  body: subject,
  reply: z.strictObject({ held: z.boolean(), holds: z.array(holdOn) }),
  refusals: [],
  async handle({ body, principal: { tenantId } }, world) {
    const holds = await checkSubject(world, tenantId, body);
    return { held: holds.length > 0, holds };
  },
});
