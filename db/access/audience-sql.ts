// Whether an entry is shown to somebody, as the condition of a WHERE: the same rule as maySeeEntry(), held to it by a property test.
import type { ProfileSets, Viewer, Viewing } from '../../domain/access/audience.ts';
import type { ProfileType } from '../../domain/access/profile-chain.ts';
import type { SqlParameters } from '../../domain/filter/filter-sql.ts';

/** Over `entry` under the alias e. It may be null instead of false: never negate it. */
export function audienceSql({ viewer, isAuditView }: Viewing, parameters: SqlParameters): string {
  if (viewer.isSentAway) return 'false';
  const me = parameters.add(viewer.userId);
  const shownTo = [`e.user_id = ${me}::text`, `e.target_user_id = ${me}::text`, ...byPermission({ viewer, isAuditView }, parameters)];
  const limits = viewer.within === null ? [] : [isInOneOf(viewer.within, parameters)];
  return [`e.visibility <> 'internal'`, ...limits, `(${shownTo.join(' OR ')})`].join(' AND ');
}

function byPermission({ viewer, isAuditView }: Viewing, parameters: SqlParameters): string[] {
  const audited = isAuditView ? `OR e.permission = 'targeted' AND e.visibility = 'external_audit_log'` : '';
  if (viewer.administersAll) return [`e.permission IN ('member', 'admin') ${audited}`];
  const asAdministrator = isNone(viewer.administered)
    ? []
    : [`(e.permission = 'admin' ${audited}) AND ${isInOneOf(viewer.administered, parameters)}`];
  return isNone(viewer.seen) ? [] : [`e.permission = 'member' AND ${isInOneOf(viewer.seen, parameters)}`, ...asAdministrator];
}

/** The narrowest profile that the entry names is one of these. */
export function isInOneOf(profiles: ProfileSets, parameters: SqlParameters): string {
  const ways = types.flatMap((type) => {
    const ids = [...profiles[type]];
    return ids.length === 0 ? [] : [isInSql(type, `ANY (${parameters.add(ids)}::text[])`)];
  });
  return ways.length === 0 ? 'false' : `(${ways.join(' OR ')})`;
}

/** The narrowest profile that the entry names is of this type and equals the given expression. */
export function isInSql(type: ProfileType, equals: string): string {
  switch (type) {
    case 'share':
      return `e.share_id = ${equals}`;
    case 'workspace':
      return `e.workspace_id = ${equals} AND e.share_id IS NULL`;
    case 'org':
      return `e.org_id = ${equals} AND e.workspace_id IS NULL AND e.share_id IS NULL`;
  }
}

const types = ['share', 'workspace', 'org'] as const;

function isNone(profiles: Viewer['seen']): boolean {
  return types.every((type) => profiles[type].size === 0);
}
