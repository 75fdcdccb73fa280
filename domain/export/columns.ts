// The columns an export may have: those of the audit object in its order, then what else is kept of an entry.
import { auditEventFields } from './audit-event-fields.ts';

const more = [
  'seq', 'recorded_at', 'event', 'current_category', 'sub_category', 'visibility', 'permission', 'user_name', 'target_user_id', 'org_id', 'workspace_id', 'path',
  'change_type', 'old_path', 'new_path', 'version_id', 'change_metadata', 'parent_event_id', 'session_id', 'request_id', 'decision', 'provider', 'model',
] as const;

export const exportColumns = [...auditEventFields, ...more] as const;
export type ExportColumn = (typeof exportColumns)[number];

/** Without a wish: the audit object, as the search shows it. */
export const usualColumns: readonly ExportColumn[] = auditEventFields;

/** What cannot begin like a formula, whatever an entry holds: numbers, instants, objects, ids that carry our prefix, and words of closed lists. */
export const safeColumns: ReadonlySet<ExportColumn> = new Set([
  'id', 'parent_event_id', 'seq', 'event_time', 'recorded_at', 'details', 'change_metadata', 'category', 'severity', 'outcome', 'visibility', 'permission', 'change_type', 'decision',
]);

/** Characters with which a spreadsheet takes a cell for a formula, also in their full-width forms. */
export const formulaStarts = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'] as const;
