// What a log itself says of its retention runs: that one began, with which plan, and that it ended.
import type { StoredEntry } from '../journal/entry.ts';

export interface RunMark {
  /** Where the run began; null when the log says only that it ended. */
  readonly begun: { readonly seq: number; readonly planHash: string } | null;
  readonly hasEnded: boolean;
}

export interface RunMarkCollector {
  /** Every entry of the log, in its order. */
  hear(entry: StoredEntry): void;
  marks(): ReadonlyMap<string, RunMark>;
}

export function createRunMarkCollector(): RunMarkCollector {
  const marks = new Map<string, RunMark>();
  return {
    hear({ seq, own_action: action, outcome, resource_type: type, resource_id: runId, details }) {
      if (type !== 'retention_run' || runId === null || outcome !== 'success') return;
      const known = marks.get(runId) ?? { begun: null, hasEnded: false };
      const planHash = details?.['plan_hash'];
      if (action === 'run_retention' && typeof planHash === 'string') marks.set(runId, { ...known, begun: { seq, planHash } });
      if (action === 'complete_retention_run') marks.set(runId, { ...known, hasEnded: true });
    },
    marks: () => marks,
  };
}
