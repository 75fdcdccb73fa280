// What a reader of /current asked for and may be shown, as one condition: pages are cut after it, so they are full.
import type { Viewer } from '../../domain/access/audience.ts';
import type { CurrentSelection } from '../../domain/filter/current-selection.ts';
import { filterSql } from '../../domain/filter/filter-sql.ts';
import type { SqlParameters } from '../../domain/filter/filter-sql.ts';
import { audienceSql, isInOneOf } from './audience-sql.ts';
import { notHiddenSql } from './hidden-sql.ts';

/** Over `entry` under the alias e. It may be null instead of false: never negate it. */
export function selectionSql({ selection, viewer }: { selection: CurrentSelection; viewer: Viewer }, parameters: SqlParameters): string {
  const { filter, isAuditView } = selection;
  const asked = filterSql(filter, parameters);
  return [asked, notHiddenSql, audienceSql({ viewer, isAuditView }, parameters), ...partInSql({ selection, viewer }, parameters)].join(' AND ');
}

/** Having no part in a profile, one is shown nothing of it but one's own; of another user, only what one is shown as an administrator. */
function partInSql({ selection: { around }, viewer }: { selection: CurrentSelection; viewer: Viewer }, parameters: SqlParameters): string[] {
  if (around === null || around.kind === 'parent' || viewer.administersAll) return [];
  if (around.kind === 'user') return around.id === viewer.userId ? [] : [isInOneOf(viewer.administered, parameters)];
  if (viewer.seen[around.kind].has(around.id)) return [];
  const me = parameters.add(viewer.userId);
  return [`(e.user_id = ${me}::text OR e.target_user_id = ${me}::text)`];
}
