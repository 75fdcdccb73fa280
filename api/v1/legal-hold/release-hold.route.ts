// POST /api/v1/enterprise/legal-holds/{hold_id}/release, and the same by DELETE: a second person lifts a hold.
import { z } from 'zod';
import { releaseHold } from '../../../db/legal-hold/release-hold.ts';
import { holdChangedSignal } from '../../../workflows/legal-hold/legal-hold.messages.ts';
import { hold, releaseWish } from '../../../domain/legal-hold/legal-hold.schema.ts';
import { isRefusal } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { noContent } from '../../route/reply.ts';
import type { ApiWorld } from '../../world.ts';
import { holdId } from './place-reply.ts';

const description = 'By somebody who neither made the hold nor placed what is in force of it. The record stays.';

export const releaseHoldRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/enterprise/legal-holds/{hold_id}/release',
  summary: 'Release a legal hold',
  description,
  tag: 'legal holds',
  access: { anyScope: ['compliance:manage'] },
  ownAction: { action: 'release_legal_hold' },
  params: z.strictObject({ hold_id: holdId }),
  body: releaseWish,
  reply: hold,
  refusals: ['CONFLICT', 'FORBIDDEN', 'NOT_FOUND', 'SECOND_PERSON_REQUIRED'],
  async handle({ params: { hold_id: id }, body: { reason }, principal, requestId }, world) {
    const released = await releaseHold(world, { principal, requestId }, { holdId: id, reason });
    if (!isRefusal(released)) tellWorkflow(world, principal.tenantId, id);
    return released;
  },
});

export const deleteHoldRoute = defineRoute({
  method: 'DELETE',
  path: '/api/v1/enterprise/legal-holds/{hold_id}',
  summary: 'Release a legal hold (the same as POST …/release)',
  description,
  tag: 'legal holds',
  access: { anyScope: ['compliance:manage'] },
  ownAction: { action: 'release_legal_hold' },
  params: z.strictObject({ hold_id: holdId }),
  query: z.strictObject({ reason: z.string().trim().min(1).max(1_024).optional() }),
  body: releaseWish.partial().optional(),
  reply: noContent,
  refusals: ['CONFLICT', 'FORBIDDEN', 'NOT_FOUND', 'SECOND_PERSON_REQUIRED'],
  async handle({ params: { hold_id: id }, query, body, principal, requestId }, world) {
    const released = await releaseHold(world, { principal, requestId }, { holdId: id, reason: body?.reason ?? query.reason ?? null });
    if (isRefusal(released)) return released;
    tellWorkflow(world, principal.tenantId, id);
    return undefined;
  },
});

function tellWorkflow({ jobStarter }: ApiWorld, tenantId: string, id: string): void {
  jobStarter.signalSoon({ tenantId, id, kind: 'legal_hold', scheduledFor: null }, holdChangedSignal);
}
