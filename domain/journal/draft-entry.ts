// From what a producer sent to the facts of an entry: names resolved, defaults filled, contradictions named.
import type { Principal } from '../access/principal.ts';
import { formatInstant, parseInstant } from '../shared/instant.ts';
import { isDeeperThan } from '../shared/json.ts';
import type { FieldProblem } from '../shared/refusal.ts';
import { resolveNames } from '../vocabulary/resolve-names.ts';
import type { EntryFacts } from './entry.ts';
import type { EntryInput } from './entry-input.schema.ts';
import { ingestLimits } from './ingest-limits.ts';

export interface DraftContext {
  readonly id: string;
  readonly nowMs: number;
  readonly principal: Pick<Principal, 'serviceAccount'>;
}

export type Draft = { readonly facts: EntryFacts; readonly problems: readonly [] } | { readonly problems: readonly FieldProblem[]; readonly facts?: undefined };

export function draftEntry(input: EntryInput, { id, nowMs, principal }: DraftContext): Draft {
  if (input.event_type == null && input.event == null) return { problems: [{ field: 'event_type', expected: 'expected event_type or event' }] };
  const names = resolveNames({ ...input, outcome: input.outcome ?? 'success', change_type: input.change?.change_type ?? null });
  const eventTime = input.event_time == null ? nowMs * 1000 : (parseInstant(input.event_time) ?? nowMs * 1000);
  const problems = contradictions(input, { category: names.category, aheadMs: eventTime / 1000 - nowMs });
  if (problems.length > 0 || names.category === null) return { problems };
  return {
    problems: [],
    facts: {
      id,
      event_time: formatInstant(eventTime),
      event_type: names.event_type,
      event: names.event,
      category: names.category,
      severity: names.severity,
      action: names.action,
      outcome: input.outcome ?? 'success',
      current_category: names.current_category,
      sub_category: names.sub_category,
      visibility: names.visibility,
      permission: names.permission,
      notification: names.notification,
      activity: names.activity,
      user_id: input.user_id ?? null,
      user_email: input.user_email ?? null,
      user_name: input.user_name ?? null,
      service_account: input.service_account ?? principal.serviceAccount,
      target_user_id: input.target_user_id ?? null,
      org_id: input.org_id ?? null,
      workspace_id: input.workspace_id ?? null,
      share_id: input.share_id ?? null,
      resource_type: input.resource_type ?? null,
      resource_id: input.resource_id ?? null,
      resource_name: input.resource_name ?? null,
      path: input.path ?? null,
      change_type: input.change?.change_type ?? null,
      old_path: input.change?.old_path ?? null,
      new_path: input.change?.new_path ?? null,
      version_id: input.change?.version_id ?? null,
      change_metadata: input.change?.metadata ?? null,
      parent_event_id: input.parent_event_id == null ? null : withoutPrefix(input.parent_event_id),
      ip_address: input.ip_address ?? null,
      user_agent: input.user_agent ?? null,
      session_id: input.session_id ?? null,
      request_id: input.request_id ?? null,
      decision: input.decision ?? null,
      provider: input.provider ?? null,
      model: input.model ?? null,
      own_action: null,
      details: input.details ?? null,
    },
  };
}

function contradictions(input: EntryInput, { category, aheadMs }: { category: string | null; aheadMs: number }): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (category === null) problems.push({ field: 'category', expected: 'expected a category, because neither name is in the vocabulary' });
  if (aheadMs > ingestLimits.eventTimeAheadMs) problems.push({ field: 'event_time', expected: 'expected an instant at most 5 minutes ahead' });
  if (input.change != null) {
    if (input.share_id == null) problems.push({ field: 'share_id', expected: 'expected the share of the change' });
    if (input.resource_id == null) problems.push({ field: 'resource_id', expected: 'expected what was changed' });
    if (!isChangeable(input.resource_type)) problems.push({ field: 'resource_type', expected: 'expected one of file, folder, share for a change' });
  }
  if (input.details != null && jsonBytesExceed(input.details, ingestLimits.detailsBytes)) {
    problems.push({ field: 'details', expected: `expected at most ${String(ingestLimits.detailsBytes)} bytes as JSON` });
  }
  if (input.details != null && isDeeperThan(input.details, ingestLimits.detailsLevels)) {
    problems.push({ field: 'details', expected: `expected at most ${String(ingestLimits.detailsLevels)} levels` });
  }
  return problems;
}

function isChangeable(type: string | null | undefined): boolean {
  return type === 'file' || type === 'folder' || type === 'share';
}

function withoutPrefix(id: string): string {
  return id.replace(/^(?:evt_|aud_|chg_)/, '');
}

function jsonBytesExceed(value: object, limit: number): boolean {
  const text = JSON.stringify(value);
  // One UTF-16 unit is at most three bytes of UTF-8: most details are judged without encoding them.
  if (text.length * 3 <= limit) return false;
  return new TextEncoder().encode(text).length > limit;
}
