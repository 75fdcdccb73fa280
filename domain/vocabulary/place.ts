// Where an entry happened, as far as the choice of a name or a category depends on it.

/** Share before workspace before organization; `nowhere` when an entry names none of them. */
export const places = ['share', 'workspace', 'org', 'nowhere'] as const;
export type Place = (typeof places)[number];

export type ByPlace<T> = Readonly<Record<Place, T>>;

export interface Located {
  readonly share_id?: string | null | undefined;
  readonly workspace_id?: string | null | undefined;
  readonly org_id?: string | null | undefined;
  readonly resource_type?: string | null | undefined;
}

export function placeByIds(entry: Located): Place {
  if (given(entry.share_id)) return 'share';
  if (given(entry.workspace_id)) return 'workspace';
  if (given(entry.org_id)) return 'org';
  return 'nowhere';
}

/** For entries about a profile itself: a workspace that is made inside an organization names both. */
export function placeByResource(entry: Located): Place {
  const type = entry.resource_type;
  return type === 'share' || type === 'workspace' || type === 'org' ? type : placeByIds(entry);
}

export function everywhere<T>(value: T): ByPlace<T> {
  return { share: value, workspace: value, org: value, nowhere: value };
}

export function isByPlace<T extends string>(value: T | ByPlace<T>): value is ByPlace<T> {
  return typeof value === 'object';
}

function given(id: string | null | undefined): boolean {
  return id !== undefined && id !== null;
}
