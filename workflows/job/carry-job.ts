// Carries a job from its row through its work to its end: the frame every job's workflow has.
import { ActivityFailure, ApplicationFailure, CancellationScope, isCancellation, proxyActivities } from '@temporalio/workflow';
import type { JobActivities } from '../../activities/job/job.activities.ts';
import type { JobInput } from '../../domain/job/carrier.ts';
import type { JobCommand } from '../../domain/job/decide-job.ts';
import type { JobState } from '../../domain/job/job.ts';
import type { JobKind } from '../../domain/job/kinds.ts';
import type { JsonObject } from '../../domain/shared/json.ts';
import { scheduledTime } from './scheduled-time.ts';

export interface JobWork {
  readonly kind: JobKind;
  readonly input: JobInput;
  work(job: { readonly tenantId: string; readonly jobId: string }): Promise<JsonObject>;
}

/** The row decides: a job that has ended meanwhile, by whatever hand, is left as it is. Answers how the job ended. */
export async function carryJob({ kind, input: { tenantId, jobId: givenId, subject }, work }: JobWork): Promise<JobState> {
  let jobId = givenId;
  try {
    jobId ??= await rows.recordScheduledJob({ tenantId, kind, ...(subject === undefined ? {} : { subject }), scheduledFor: scheduledTime() });
    const job = { tenantId, jobId };
    const state = await rows.beginJob(job);
    if (state !== 'running') return state;
    const result = await work(job);
    return await rows.endJob({ ...job, end: { kind: 'complete', result } });
  } catch (error) {
    const end = endAfter(error);
    if (end !== null && jobId !== null) {
      const ended = { tenantId, jobId, end };
      await CancellationScope.nonCancellable(() => rows.endJob(ended));
    }
    throw error;
  }
}

/** One short statement each. While the database is away they wait for it; past a day a person should look. */
const rows = proxyActivities<JobActivities>({
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '24h',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' },
});

/** Null for a failure that says nothing about the job: the reconciler then sees the run lost and starts another. */
function endAfter(error: unknown): JobCommand | null {
  if (isCancellation(error)) return { kind: 'cancel' };
  if (!(error instanceof ActivityFailure)) return null;
  const { cause } = error;
  return { kind: 'fail', error: cause instanceof ApplicationFailure ? cause.message : (cause?.message ?? error.message) };
}
