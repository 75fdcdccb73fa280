// Which entries a reader of /current asks for: the parameters of that dialect, judged and put into the one language of filters.
import { z } from 'zod';
import { parseCurrentTime } from '../shared/current-time.ts';
import { producerId } from '../shared/ids.ts';
import { formatInstant } from '../shared/instant.ts';
import { refuseFields } from '../shared/refusal.ts';
import type { FieldProblem, Refusal } from '../shared/refusal.ts';
import { currentCategory, currentSubcategory } from '../vocabulary/current-words.ts';
import { filterOf, isBefore, isFrom, isIn } from './filter.ts';
import type { Condition, Filter, TextField } from './filter.ts';

/** An event's id under any of the prefixes it is shown with; the body alone is what is stored. */
export const currentEventId = z
  .string()
  .regex(/^(?:evt_|aud_|chg_)?[A-Za-z0-9]{1,64}$/, 'expected an event id')
  .transform((id) => id.slice(id.lastIndexOf('_') + 1));

const time = z.string().refine((text) => parseCurrentTime(text) !== null, 'expected ISO 8601 or YYYY-MM-DD HH:MM:SS');

export const currentSelectionFields = {
  user_id: producerId.optional(),
  org_id: producerId.optional(),
  workspace_id: producerId.optional(),
  share_id: producerId.optional(),
  parent_event_id: currentEventId.optional(),
  event: z.string().min(1, 'expected a name').max(100, 'expected at most 100 characters').optional(),
  category: currentCategory.optional(),
  subcategory: currentSubcategory.optional(),
  calling_user_id: producerId.optional(),
  object_id: z.string().min(1, 'expected an id').max(256, 'expected at most 256 characters').optional(),
  acknowledged: z.enum(['true', 'false']).optional(),
  visibility: z.enum(['external_audit_log', 'external']).optional(),
  'created-min': time.optional(),
  'created-max': time.optional(),
};

export type CurrentSelectionInput = z.output<z.ZodObject<typeof currentSelectionFields>>;

/** The profile, or the event above, whose entries are asked for. */
export interface Around {
  readonly kind: 'user' | 'org' | 'workspace' | 'share' | 'parent';
  readonly id: string;
}

export interface CurrentSelection {
  /** Null when no profile and no parent is named. */
  readonly around: Around | null;
  readonly filter: Filter;
  readonly isAuditView: boolean;
  /** Only what the reader has acknowledged, or has not; null for both. */
  readonly acknowledged: boolean | null;
}

export function toCurrentSelection(input: CurrentSelectionInput): CurrentSelection | Refusal {
  const problems = contradictions(input);
  if (problems.length > 0) return refuseFields(problems);
  const around = aroundOf(input);
  const conditions: Condition[] = [];
  const equal = (field: TextField, value: string | undefined): void => {
    if (value !== undefined) conditions.push(isIn(field, [value]));
  };
  if (around !== null) equal(fieldOf[around.kind], around.id);
  equal('event', input.event);
  equal('current_category', input.category);
  equal('sub_category', input.subcategory);
  equal('user_id', input.calling_user_id);
  equal('resource_id', input.object_id);
  equal('visibility', input.visibility);
  const { 'created-min': min, 'created-max': max } = input;
  if (min !== undefined) conditions.push(isFrom('event_time', instantOf(min)), isFrom('recorded_at', instantOf(min, -recordedEarlierMicros)));
  if (max !== undefined) conditions.push(isBefore('event_time', instantOf(max)));
  return {
    around,
    filter: filterOf(conditions),
    isAuditView: input.visibility === 'external_audit_log',
    acknowledged: input.acknowledged === undefined ? null : input.acknowledged === 'true',
  };
}

const fieldOf = {
  user: 'target_user_id',
  org: 'org_id',
  workspace: 'workspace_id',
  share: 'share_id',
  parent: 'parent_event_id',
} as const satisfies Readonly<Record<Around['kind'], TextField>>;

/** Of several profiles only the first in this order counts. */
function aroundOf({ parent_event_id: parent, user_id: user, org_id: org, workspace_id: workspace, share_id: share }: CurrentSelectionInput): Around | null {
  if (parent !== undefined) return { kind: 'parent', id: parent };
  if (user !== undefined) return { kind: 'user', id: user };
  if (org !== undefined) return { kind: 'org', id: org };
  if (workspace !== undefined) return { kind: 'workspace', id: workspace };
  return share === undefined ? null : { kind: 'share', id: share };
}

function contradictions(input: CurrentSelectionInput): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (input.parent_event_id !== undefined) {
    const beside = Object.entries(input).filter(([name, value]) => value !== undefined && name !== 'parent_event_id' && name !== 'acknowledged');
    problems.push(...beside.map(([field]) => ({ field, expected: 'expected no such filter beside parent_event_id' })));
  }
  const { 'created-min': min, 'created-max': max } = input;
  if (min !== undefined && max !== undefined && (parseCurrentTime(min) ?? 0) >= (parseCurrentTime(max) ?? 0)) {
    problems.push({ field: 'created-max', expected: 'expected a time after created-min' });
  }
  return problems;
}

/** Producers may tell of an instant a little ahead, no more than this before it comes: entries recorded still earlier need not be looked at. */
const recordedEarlierMicros = 10 * 60 * 1_000_000;

function instantOf(text: string, shiftMicros = 0): string {
  return formatInstant((parseCurrentTime(text) ?? 0) + shiftMicros);
}
