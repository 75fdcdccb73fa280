// A page of the audit log at the door: what it is asked by, how it is waited for, and how it is shown.
import { z } from 'zod';
import { searchEvents } from '../../../db/audit/search-events.ts';
import type { AuditPage, AuditQuestion } from '../../../db/audit/search-events.ts';
import { openNotice } from '../../../db/journal/tail-notice.ts';
import { auditEvent } from '../../../domain/audit/audit-event.schema.ts';
import { fromTheBeginning } from '../../../domain/cursor/judge-cursor.ts';
import { isRefusal, refuse } from '../../../domain/shared/refusal.ts';
import type { Refusal } from '../../../domain/shared/refusal.ts';
import { queryInteger } from '../../route/query-values.ts';
import { rawJson } from '../../route/reply.ts';
import type { RawJson } from '../../route/reply.ts';
import type { ApiWorld } from '../../world.ts';

export const mayReadAudit = { anyScope: ['audit:read', 'compliance:manage', 'tenant:admin'] } as const;

export const pageFields = {
  cursor: z.string().min(1).max(256).optional(),
  limit: queryInteger({ min: 1, max: 1_000 }).default(100),
};

export const walkFields = {
  ...pageFields,
  order: z.enum(['desc', 'asc']).default('desc').describe('By event time, then seq.'),
  min_seq: queryInteger({ min: 0, max: Number.MAX_SAFE_INTEGER }).optional().describe('Answer only when everything up to this seq is included: what ingest answered as last_seq.'),
};

export const auditPageReply = z.strictObject({
  events: z.array(auditEvent),
  cursor: z.string(),
  has_more: z.boolean(),
  complete_through_seq: z.int(),
});

export const auditPageRefusals = ['FORBIDDEN', 'CURSOR_INVALID', 'CURSOR_MISMATCH', 'CURSOR_EXPIRED'] as const;

/** A walk from the beginning begins as one without a cursor: at its first page. */
export function cursorAsked(cursor: string | undefined, { tenantId, world }: { tenantId: string; world: ApiWorld }): AuditQuestion['cursor'] {
  return cursor === undefined || cursor === fromTheBeginning ? null : { place: world.cursors.read(tenantId, cursor) };
}

const waitMs = 2_000;

/** Where the log has not come to the seq asked for, it is waited for a moment; then it is said that it has not. */
export async function searchPage(question: AuditQuestion, signal: AbortSignal, world: ApiWorld): Promise<RawJson | Refusal> {
  const page = await searchEvents(world, question);
  if (page !== 'behind') return show(page);
  const log = await world.tail.watch(question.principal.tenantId);
  if (log === null) return refuse('TENANT_UNKNOWN');
  const deadlineMs = world.clock.nowMs() + waitMs;
  const notice = openNotice(log);
  try {
    for (;;) {
      const timeoutMs = deadlineMs - world.clock.nowMs();
      if (timeoutMs <= 0 || signal.aborted) break;
      await notice.next({ timeoutMs, signal });
      const later = await searchEvents(world, question);
      if (later !== 'behind') return show(later);
    }
  } finally {
    notice.close();
  }
  return refuse('UNAVAILABLE', { message: `The log has not come to seq ${String(question.minSeq)} yet.`, retryAfterSeconds: 1 });
}

function show(page: AuditPage | Refusal): RawJson | Refusal {
  if (isRefusal(page)) return page;
  const { events, cursor, hasMore, completeThroughSeq } = page;
  return rawJson(`{"events":[${events.join(',')}],"cursor":${JSON.stringify(cursor)},"has_more":${String(hasMore)},"complete_through_seq":${String(completeThroughSeq)}}`);
}
