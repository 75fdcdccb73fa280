// A stretch of the log as a condition: its seqs, and the months in which they lie.
export interface SeqWindow {
  readonly afterSeq: number;
  readonly throughSeq: number;
}

/** At so many seqs at a time the log is looked through: short statements, whatever a filter leaves of them. */
export const windowSeqs = 100_000;

/** `tenant` names the tenant in SQL; over `entry` under the alias e. */
export function windowSql({ afterSeq, throughSeq }: SeqWindow, tenant: string): string {
  const after = String(afterSeq);
  const through = String(throughSeq);
  return `e.tenant_id = ${tenant} AND e.seq > ${after} AND e.seq <= ${through}
    AND e.recorded_at >= (SELECT coalesce(max(m.month), DATE '-infinity')::timestamp AT TIME ZONE 'UTC' FROM log_month m WHERE m.tenant_id = ${tenant} AND m.first_seq <= ${after} + 1)
    AND e.recorded_at < (SELECT coalesce(min(m.month), DATE 'infinity')::timestamp AT TIME ZONE 'UTC' FROM log_month m WHERE m.tenant_id = ${tenant} AND m.first_seq > ${through})`;
}

export function* windowsOf({ afterSeq, throughSeq }: SeqWindow): Generator<SeqWindow> {
  for (let after = afterSeq; after < throughSeq; after += windowSeqs) yield { afterSeq: after, throughSeq: Math.min(after + windowSeqs, throughSeq) };
}
