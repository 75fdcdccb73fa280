// The form of one /current name in the vocabulary, and how a group of them is written down.
import type { CurrentCategory, CurrentSeverity, CurrentSubcategory, Notification, Permission, Visibility } from './current-words.ts';
import { everywhere, isByPlace } from './place.ts';
import type { ByPlace } from './place.ts';

export interface CurrentEvent {
  readonly name: string;
  readonly category: ByPlace<CurrentCategory>;
  readonly sub_category: CurrentSubcategory;
  /** The v1 name by where it happened; category, action and audit severity are those of that name. */
  readonly v1: ByPlace<string>;
  /** Null where the name says nothing: then the v1 category decides. */
  readonly visibility: Visibility | null;
  readonly permission: Permission | null;
  readonly severity: CurrentSeverity;
  readonly notification: Notification;
  readonly description: string;
  /** The params that the sentence names, in its order, each once. */
  readonly required_params: readonly string[];
  /** Whether a reader needs the folder around the object to place the event. */
  readonly requires_parent_node: boolean;
  /** Whether the sentence is true of a refused or failed attempt too, because it tells how it went. */
  readonly tells_outcome: boolean;
  /** Null where the subcategory decides. */
  readonly activity: readonly string[] | null;
}

/** What is written down of a name: only what differs from its group. */
export interface CurrentWords {
  readonly v1: string | ByPlace<string>;
  readonly description: string;
  readonly category?: CurrentCategory | ByPlace<CurrentCategory>;
  readonly sub_category?: CurrentSubcategory;
  readonly visibility?: Visibility;
  readonly permission?: Permission;
  readonly severity?: CurrentSeverity;
  readonly notification?: Notification;
  readonly requires_parent_node?: boolean;
  readonly tells_outcome?: true;
  readonly activity?: readonly string[];
}

export interface CurrentGroup {
  readonly category: CurrentCategory | ByPlace<CurrentCategory>;
  readonly sub_category: CurrentSubcategory;
  readonly requires_parent_node?: boolean;
}

export function currentGroup(group: CurrentGroup, events: Readonly<Record<string, CurrentWords>>): readonly CurrentEvent[] {
  return Object.entries(events).map(([name, words]) => {
    const category = words.category ?? group.category;
    return {
      name,
      category: isByPlace(category) ? category : everywhere(category),
      sub_category: words.sub_category ?? group.sub_category,
      v1: isByPlace(words.v1) ? words.v1 : everywhere(words.v1),
      visibility: words.visibility ?? null,
      permission: words.permission ?? null,
      severity: words.severity ?? 'info',
      notification: words.notification ?? 'none',
      description: words.description,
      required_params: paramsIn(words.description),
      requires_parent_node: words.requires_parent_node ?? group.requires_parent_node ?? false,
      tells_outcome: words.tells_outcome ?? words.description.includes('{outcome}'),
      activity: words.activity ?? null,
    };
  });
}

/** The category that follows the profile; `elsewhere` where the entry names none. */
export function categoryByPlace(elsewhere: CurrentCategory): ByPlace<CurrentCategory> {
  return { share: 'share', workspace: 'workspace', org: 'org', nowhere: elsewhere };
}

/** Content lives in shares and workspaces only. */
export const contentByPlace: ByPlace<CurrentCategory> = { share: 'share', workspace: 'workspace', org: 'workspace', nowhere: 'workspace' };

function paramsIn(sentence: string): readonly string[] {
  const names = [...sentence.matchAll(/\{([a-z_]+)\}/g)].flatMap((match) => match[1] ?? []);
  return [...new Set(names)];
}
