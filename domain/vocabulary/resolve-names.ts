// The one entry point for an entry's words: names, categories, severity, audience and activity keys of both dialects.
import { activityOfSubcategory, fillActivityKeys, noActivity, settingsActivity, storageActivity } from './activity-keys.ts';
import type { ActivityKey } from './activity-keys.ts';
import { audienceOf } from './audience.ts';
import { customCategory, customSubcategory } from './custom-names.ts';
import type { CurrentCategory, CurrentSubcategory, Notification, Permission, Visibility } from './current-words.ts';
import { escalate } from './escalate.ts';
import type { Circumstances } from './escalate.ts';
import { namesByCurrent, namesByV1 } from './names.ts';
import type { JoinedNames } from './names.ts';
import { placeByIds } from './place.ts';
import { actionOf, currentNameFor, v1NameFor } from './v1-event.ts';
import type { V1Event } from './v1-event.ts';
import { lowerCategory, lowerSeverity } from './v1-words.ts';
import type { EitherCase, Outcome, V1Category, V1Severity } from './v1-words.ts';

/** Fields of an entry as it comes in; one of the two names must be there. */
export interface NamesInput {
  readonly event_type?: string | null | undefined;
  readonly event?: string | null | undefined;
  readonly category?: EitherCase<V1Category> | null | undefined;
  readonly severity?: EitherCase<V1Severity> | null | undefined;
  readonly action?: string | null | undefined;
  readonly current_category?: CurrentCategory | null | undefined;
  readonly sub_category?: CurrentSubcategory | null | undefined;
  readonly visibility?: Visibility | null | undefined;
  readonly permission?: Permission | null | undefined;
  readonly notification?: Notification | null | undefined;
  readonly outcome: Outcome;
  readonly share_id?: string | null | undefined;
  readonly workspace_id?: string | null | undefined;
  readonly org_id?: string | null | undefined;
  readonly resource_type?: string | null | undefined;
  readonly resource_id?: string | null | undefined;
  readonly target_user_id?: string | null | undefined;
  readonly user_id?: string | null | undefined;
  readonly details?: Readonly<Record<string, unknown>> | null | undefined;
  readonly change_type?: string | null | undefined;
  readonly activity?: readonly string[] | null | undefined;
}

export interface ResolvedNames {
  readonly event_type: string;
  readonly event: string;
  /** Null when neither name is known and none was given: the caller must then ask for it. */
  readonly category: V1Category | null;
  readonly severity: V1Severity;
  readonly action: string;
  readonly current_category: CurrentCategory;
  readonly sub_category: CurrentSubcategory;
  readonly visibility: Visibility;
  readonly permission: Permission;
  readonly notification: Notification;
  readonly activity: string[];
}

/** Called for every entry that comes in: looks up, and allocates the result alone. */
export function resolveNames(input: NamesInput): ResolvedNames {
  const byV1 = namesOfV1(input);
  const byCurrent = namesOfCurrent(input);
  const joined = byV1 ?? byCurrent ?? namesByOtherSpelling(input);
  const v1 = joined?.v1 ?? null;
  const current = byCurrent?.current ?? joined?.current ?? null;
  const eventType = input.event_type ?? byCurrent?.v1.name ?? v1NameFor(required(input.event));
  const category = given(input.category) ? lowerCategory(input.category) : (v1?.category ?? null);
  const audience = audienceOf(category);
  const subCategory = input.sub_category ?? current?.sub_category ?? customSubcategory(category);
  return {
    event_type: eventType,
    event: input.event ?? byV1?.current.name ?? currentNameFor(eventType),
    category,
    severity: given(input.severity) ? lowerSeverity(input.severity) : severityOf(v1, input),
    action: input.action ?? v1?.action ?? actionOf(eventType),
    current_category: input.current_category ?? current?.category ?? customCategory({ place: placeByIds(input), category }),
    sub_category: subCategory,
    visibility: input.visibility ?? current?.visibility ?? audience.visibility,
    permission: input.permission ?? current?.permission ?? audience.permission,
    notification: input.notification ?? current?.notification ?? 'none',
    activity: given(input.activity)
      ? [...input.activity]
      : fillActivityKeys(current?.activity ?? customActivity({ input, category, subCategory }), input),
  };
}

/** A given name speaks for its own dialect, and for the other one where that one's name is missing or unknown. */
function namesOfV1(input: NamesInput): JoinedNames | null {
  const names = given(input.event_type) ? namesByV1.get(input.event_type) : undefined;
  return names === undefined ? null : names.byPlace[names.placeOf(input)];
}

function namesOfCurrent(input: NamesInput): JoinedNames | null {
  const names = given(input.event) ? namesByCurrent.get(input.event) : undefined;
  return names === undefined ? null : names.byPlace[names.placeOf(input)];
}

/** A name that nobody knows may be a known one of the other family in this family's spelling (`comment.created`). */
function namesByOtherSpelling(input: NamesInput): JoinedNames | null {
  const names = given(input.event_type)
    ? namesByCurrent.get(currentNameFor(input.event_type))
    : namesByV1.get(v1NameFor(required(input.event)));
  return names === undefined ? null : names.byPlace[names.placeOf(input)];
}

function severityOf(v1: V1Event | null, entry: Circumstances): V1Severity {
  if (v1 === null) return 'info';
  return v1.escalations.length === 0 ? v1.severity : escalate({ event: v1, entry });
}

interface CustomEntry {
  readonly input: NamesInput;
  readonly category: V1Category | null;
  readonly subCategory: CurrentSubcategory;
}

/** A change is news for the storage or the settings whatever its name; merely reading a file is news for nobody. */
function customActivity({ input, category, subCategory }: CustomEntry): readonly ActivityKey[] {
  if (given(input.change_type)) return input.resource_type === 'share' ? settingsActivity : storageActivity;
  return category === 'file_access' ? noActivity : activityOfSubcategory(subCategory);
}

function given<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

function required(name: string | null | undefined): string {
  if (!given(name)) throw new Error('an entry needs an event_type or an event');
  return name;
}
