// POST /api/v1/enterprise/legal-holds/guard: asked before something is deleted for good.
import { guardSubject } from '../../../db/legal-hold/check-subject.ts';
import { subject } from '../../../domain/legal-hold/legal-hold.schema.ts';
import { isRefusal, refuse } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { noContent } from '../../route/reply.ts';

export const guardDeletionRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/enterprise/legal-holds/guard',
  summary: 'Ask whether something may be deleted for good',
  description: '204 when it may. A deletion that is blocked is an entry in the log before it is answered. Moving to a trash needs no asking.',
  tag: 'legal holds',
  access: { anyScope: ['compliance:manage', 'events:write'] },
  ownAction: { action: 'block_deletion', resource: ({ body }) => body?.resource_id ?? null },
  body: subject,
  reply: noContent,
  refusals: ['LEGAL_HOLD_BLOCKED_DELETION'],
  async handle({ body, principal, requestId }, world) {
    const holds = await guardSubject(world, { principal, requestId }, body);
    if (holds === null) return undefined;
    return isRefusal(holds) ? holds : refuse('LEGAL_HOLD_BLOCKED_DELETION', { details: { holds } });
  },
});
