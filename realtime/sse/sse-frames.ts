// The events of the SSE door: two types, unnamed unless the client asks for names.
import type { LiveEntry } from '../../db/journal/read-live.ts';
import { internalRecord } from '../../domain/own-action/own-entry-facts.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import type { News } from '../hub/news.ts';
import { TextFrame } from '../wire/text-frame.ts';

interface ServerSentEvent {
  readonly type: string;
  readonly data: unknown;
}

/** `onmessage` hears only events without a name, `addEventListener` only those with one. */
export function sseFrames({ isNamed }: { readonly isNamed: boolean }): (news: News) => readonly TextFrame[] {
  return isNamed ? namedFrames : unnamedFrames;
}

export function sseEvent({ event, cursor, isNamed }: { event: ServerSentEvent; cursor: string | null; isNamed: boolean }): TextFrame {
  const name = isNamed ? `event: ${event.type}\n` : '';
  const id = cursor === null ? '' : `id: ${cursor}\n`;
  return new TextFrame(`${id}${name}data: ${JSON.stringify(event)}\n\n`);
}

export const sseSays = {
  opened: (cursor: string) => new TextFrame(`: SSE connection established\nid: ${cursor}\n\n`),
  heartbeat: ': heartbeat\n\n',
  lag: (from: string, to: string, isNamed: boolean) => sseEvent({ event: { type: 'lag', data: { from, to } }, cursor: null, isNamed }),
  refused: ({ code, message, details }: Refusal, isNamed: boolean) =>
    sseEvent({ event: { type: 'error', data: { code, message, ...(details === undefined ? {} : { details }) } }, cursor: null, isNamed }),
  comeBack: (retryAfterMs: number) => `retry: ${String(retryAfterMs)}\n\n`,
};

function unnamedFrames(news: News): readonly TextFrame[] {
  return news.once(unnamedFrames, ({ entry, cursor }) => eventsOf(entry).map((event) => sseEvent({ event, cursor, isNamed: false })));
}

function namedFrames(news: News): readonly TextFrame[] {
  return news.once(namedFrames, ({ entry, cursor }) => eventsOf(entry).map((event) => sseEvent({ event, cursor, isNamed: true })));
}

function eventsOf(entry: LiveEntry): ServerSentEvent[] {
  const { decision, own_action: ownAction } = entry;
  if (decision !== null) {
    const { seq, request_id: requestId, event_time: timestamp, provider, model } = entry;
    return [{ type: 'audit_log_created', data: { auditLogId: seq, requestId, timestamp, decision, provider, model } }];
  }
  if (ownAction === null) return [];
  const { action, resourceType, resourceId, outcomeStatus, outcomeCode, decision: ownDecision } = internalRecord({ ...entry, own_action: ownAction });
  const data = {
    internalAuditLogId: entry.seq,
    requestId: entry.request_id,
    dashboardUserId: entry.user_id,
    action,
    resourceType,
    resourceId,
    outcomeStatus,
    outcomeCode,
    decision: ownDecision,
  };
  return [{ type: 'internal_audit_log_created', data }];
}
