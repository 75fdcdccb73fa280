// What the reconciler does about an open job, given what has become of its workflow.

/** As Temporal tells it; `absent` when it knows nothing of such a workflow. */
export type WorkflowState = 'absent' | 'running' | 'completed' | 'failed' | 'cancelled' | 'terminated' | 'timed out';

export interface Situation {
  readonly workflow: WorkflowState;
  /** The run that is described; null when there is none. */
  readonly runId: string | null;
  /** How many runs ended without ending the job, as the row counts them. */
  readonly lostRuns: number;
  readonly lastLostRun: string | null;
  readonly mostRuns: number;
}

export type FollowUp =
  | { readonly kind: 'leave' }
  | { readonly kind: 'start' }
  /** A run ended and its job did not: it is counted in the row before another one is started. */
  | { readonly kind: 'count and start'; readonly runId: string }
  | { readonly kind: 'give up'; readonly reason: string };

/** A workflow that is absent was never started, or its history is lost: neither speaks against the work. */
export function followRow({ workflow, runId, lostRuns, lastLostRun, mostRuns }: Situation): FollowUp {
  if (workflow === 'running') return { kind: 'leave' };
  if (workflow === 'absent' || runId === null) return { kind: 'start' };
  const counted = lastLostRun === runId;
  const lost = counted ? lostRuns : lostRuns + 1;
  if (lost >= mostRuns) return { kind: 'give up', reason: `its workflow ended ${String(lost)} times without ending the job, at last ${workflow}` };
  return counted ? { kind: 'start' } : { kind: 'count and start', runId };
}
