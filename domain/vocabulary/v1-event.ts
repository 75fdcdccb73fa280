// The form of one v1 name in the vocabulary, and how a group of them is written down.
import { everywhere, isByPlace } from './place.ts';
import type { ByPlace } from './place.ts';
import type { Outcome, V1Category, V1Severity } from './v1-words.ts';

/** Raises the severity when the entry has this outcome, or when its details hold this value (or a list with it) under this key. */
export type Escalation =
  | { readonly outcome: Outcome; readonly severity: V1Severity }
  | { readonly detail: EscalationKey; readonly equals: true | string; readonly severity: V1Severity };

export const escalationKeys = ['permanent', 'blocked', 'partial', 'setting_group'] as const;
export type EscalationKey = (typeof escalationKeys)[number];

export interface V1Event {
  readonly name: string;
  readonly category: V1Category;
  readonly severity: V1Severity;
  readonly action: string;
  /** What the name is about, where the name alone says so. */
  readonly resource_type: string | null;
  readonly escalations: readonly Escalation[];
  /** The /current name by where it happened. */
  readonly current: ByPlace<string>;
  readonly placed_by: 'ids' | 'resource_type';
}

/** What is written down of a name: only what does not follow from it. */
export interface V1Words {
  readonly severity?: V1Severity;
  readonly resource_type?: string;
  readonly escalations?: readonly Escalation[];
  /** Without it the name keeps itself, with `_` for `.`. */
  readonly current?: string | ByPlace<string>;
  readonly placed_by?: 'resource_type';
}

export function v1Group<Name extends string>(
  category: V1Category,
  events: Readonly<Record<Name, V1Words>>,
): Readonly<Record<Name, V1Event>> {
  const complete = Object.entries<V1Words>(events).map(([name, words]): [string, V1Event] => {
    const current = words.current ?? currentNameFor(name);
    return [
      name,
      {
        name,
        category,
        severity: words.severity ?? 'info',
        action: actionOf(name),
        resource_type: words.resource_type ?? typeFromArea(name),
        escalations: words.escalations ?? [],
        current: isByPlace(current) ? current : everywhere(current),
        placed_by: words.placed_by ?? 'ids',
      },
    ];
  });
  return Object.fromEntries(complete) as Record<Name, V1Event>;
}

/** A storage name of the share, or of the workspace where no share is named. */
export function inStorage(what: string): ByPlace<string> {
  const workspace = `workspace_storage_${what}`;
  return { share: `share_storage_${what}`, workspace, org: workspace, nowhere: workspace };
}

/** The name of the other family that a v1 name without a counterpart goes by. */
export function currentNameFor(v1Name: string): string {
  return v1Name.replaceAll('.', '_');
}

/** The v1 name that a /current name without a counterpart goes by: its first word is the area. */
export function v1NameFor(currentName: string): string {
  const end = currentName.indexOf('_');
  return end > 0 && end < currentName.length - 1 ? `${currentName.slice(0, end)}.${currentName.slice(end + 1)}` : currentName;
}

/** The last part of a dotted name; never empty. */
export function actionOf(v1Name: string): string {
  return v1Name.slice(v1Name.lastIndexOf('.') + 1) || v1Name;
}

const areasThatAreTypes: ReadonlySet<string> = new Set([
  'file',
  'folder',
  'share',
  'workspace',
  'org',
  'link',
  'comment',
  'invitation',
  'task',
  'task_list',
  'approval',
  'todo',
]);

function typeFromArea(v1Name: string): string | null {
  const area = v1Name.slice(0, Math.max(v1Name.indexOf('.'), 0));
  return areasThatAreTypes.has(area) ? area : null;
}
