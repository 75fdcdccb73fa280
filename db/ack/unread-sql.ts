// What somebody is shown and has not acknowledged, found along their sources, each from its own start on.
import type { Source } from '../../domain/ack/sources.ts';
import type { SqlParameters } from '../../domain/filter/filter-sql.ts';
import { isInSql } from '../access/audience-sql.ts';
import { notHiddenSql } from '../access/hidden-sql.ts';
import { bitSql, blockSql } from './acknowledged-sql.ts';
import type { Start } from './starts.ts';

export interface UnreadScope {
  readonly starts: readonly Start[];
  /** Names of parameters. */
  readonly tenant: string;
  readonly user: string;
  readonly isAuditView: boolean;
  readonly throughSeq: number;
  /** Over `entry` under the alias e. */
  readonly condition?: string;
}

/**
 * To select from: one row for each entry that a source may show, with the source's place in the list, and whether it is unread.
 * No entry comes twice: what is the reader's own comes by that source alone.
 */
export function scannedSql(scope: UnreadScope, parameters: SqlParameters): string {
  const { starts, tenant, user } = scope;
  const list = (of: (start: Start) => string | number, type: string): string => `${parameters.add(starts.map(of))}::${type}[]`;
  return `(
      SELECT s.place, e.seq, e.org_id, e.workspace_id, e.share_id, e.is_shown AND coalesce(get_bit(a.bits, ${bitSql}), 0) = 0 AS is_unread
      FROM unnest(${list(({ source }) => source.kind, 'text')}, ${list(({ source }) => source.profileId, 'text')}, ${list(({ source }) => source.role, 'text')},
          ${list(({ afterSeq }) => afterSeq, 'bigint')}, ${list(({ recordedFrom }) => recordedFrom, 'timestamptz')})
          WITH ORDINALITY AS s(kind, profile_id, role, after_seq, recorded_from, place)
        CROSS JOIN LATERAL (${branchesSql(scope, parameters)}) AS e
        LEFT JOIN ack_block a ON a.tenant_id = ${tenant} AND a.user_id = ${user} AND a.block = ${blockSql}
    ) AS scanned`;
}

/** One branch for each way into the log that is needed; a source runs through its own alone. */
function branchesSql({ starts, tenant, user, isAuditView, throughSeq, condition = 'true' }: UnreadScope, parameters: SqlParameters): string {
  const kinds = new Set(starts.map(({ source }) => source.kind));
  const through = `${parameters.add(throughSeq)}::bigint`;
  // The earliest of all is known when the statement is planned: older months are then not even looked at.
  const earliest = `${parameters.add(earliestOf(starts))}::timestamptz`;
  const audited = isAuditView ? ` OR e.permission = 'targeted' AND e.visibility = 'external_audit_log'` : '';
  const forAdmins = `(e.permission IN ('member', 'admin')${audited})`;
  const found = (kind: Source['kind'], { is, permitted }: { is: string; permitted: string }): string => `
    SELECT e.seq, e.org_id, e.workspace_id, e.share_id, (e.visibility <> 'internal' AND ${permitted} AND ${condition} AND ${notHiddenSql}) IS TRUE AS is_shown
    FROM entry e
    WHERE s.kind = '${kind}' AND e.tenant_id = ${tenant} AND ${is} AND e.seq > s.after_seq AND e.seq <= ${through}
      AND e.recorded_at >= ${earliest} AND e.recorded_at >= s.recorded_from`;
  const notOwn = `e.user_id IS DISTINCT FROM ${user}::text AND e.target_user_id IS DISTINCT FROM ${user}::text`;
  const byRole = `(e.permission = 'member' OR s.role = 'admin' AND ${forAdmins})`;
  const byProfile = (['share', 'workspace', 'org'] as const).filter((type) => kinds.has(type));
  return [
    ...byProfile.map((type) => found(type, { is: `${isInSql(type, 's.profile_id')} AND ${notOwn}`, permitted: byRole })),
    ...(kinds.has('everything') ? [found('everything', { is: notOwn, permitted: forAdmins })] : []),
    ...(kinds.has('self')
      ? [
          found('self', { is: `e.user_id = ${user}::text`, permitted: 'true' }),
          found('self', { is: `e.target_user_id = ${user}::text AND e.user_id IS DISTINCT FROM ${user}::text`, permitted: 'true' }),
        ]
      : []),
  ].join(' UNION ALL ');
}

/** A smaller place in the log was never recorded later. */
function earliestOf(starts: readonly Start[]): string {
  const first = starts.reduce<Start | null>((least, start) => (least === null || start.afterSeq < least.afterSeq ? start : least), null);
  return first?.recordedFrom ?? '-infinity';
}
