// What is decided about a job: by a command, and by what has become of its workflow.
import { describe, expect, it } from '@jest/globals';
import { decideJob } from '../../domain/job/decide-job.ts';
import type { JobCommand } from '../../domain/job/decide-job.ts';
import { followRow } from '../../domain/job/follow-row.ts';
import type { Situation, WorkflowState } from '../../domain/job/follow-row.ts';
import { jobStates } from '../../domain/job/job.ts';
import type { Job, JobState } from '../../domain/job/job.ts';
import { jobKinds, rulesOfKind } from '../../domain/job/kinds.ts';
import { parseCron } from '../../domain/job/cron.ts';
import { jobWorkflowId, readScheduleId, scheduleId } from '../../domain/job/workflow-ids.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';

const now = '2026-04-23T10:15:02Z';

function job(state: JobState): Job {
  return {
    tenantId: 't',
    id: 'J',
    kind: 'checkpoint',
    subject: '',
    state,
    requestedBy: 'admin',
    scheduledFor: null,
    createdAt: '2026-04-23T10:15:00Z',
    startedAt: state === 'queued' ? null : '2026-04-23T10:15:01Z',
    finishedAt: null,
    result: null,
    error: null,
    lostRuns: 0,
    lastLostRun: null,
  };
}

const commands: readonly JobCommand[] = [{ kind: 'begin' }, { kind: 'complete', result: { n: 1 } }, { kind: 'fail', error: 'why' }, { kind: 'cancel' }];

function stateAfter(state: JobState, command: JobCommand): string {
  const decided = decideJob(job(state), command, now);
  if (decided === null) return 'as it is';
  return isRefusal(decided) ? decided.code : decided.state;
}

describe('when a command comes to a job', () => {
  it('then only an open one changes, what is so already stays, and what has ended otherwise is a conflict', () => {
    const table = Object.fromEntries(jobStates.map((state) => [state, commands.map((command) => stateAfter(state, command))]));

    expect(table).toEqual({
      queued: ['running', 'completed', 'failed', 'cancelled'],
      running: ['as it is', 'completed', 'failed', 'cancelled'],
      completed: ['CONFLICT', 'as it is', 'CONFLICT', 'CONFLICT'],
      failed: ['CONFLICT', 'CONFLICT', 'as it is', 'CONFLICT'],
      cancelled: ['CONFLICT', 'CONFLICT', 'CONFLICT', 'as it is'],
    });
  });

  it('then its times, its result and its error are those of the command', () => {
    expect(decideJob(job('queued'), { kind: 'begin' }, now)).toEqual({ state: 'running', startedAt: now, finishedAt: null, result: null, error: null });
    expect(decideJob(job('running'), { kind: 'complete', result: { n: 1 } }, now)).toEqual({ state: 'completed', startedAt: '2026-04-23T10:15:01Z', finishedAt: now, result: { n: 1 }, error: null });
    expect(decideJob(job('queued'), { kind: 'cancel' }, now)).toEqual({ state: 'cancelled', startedAt: null, finishedAt: now, result: null, error: null });
    expect(decideJob(job('running'), { kind: 'fail', error: 'x'.repeat(5_000) }, now)).toMatchObject({ error: 'x'.repeat(1_000) });
  });
});

describe('when a row is compared with its workflow', () => {
  const situation = (different: Partial<Situation>): Situation => ({ workflow: 'running', runId: 'r1', lostRuns: 0, lastLostRun: null, mostRuns: 3, ...different });

  it('then one that runs is left, and one that was never seen is started', () => {
    expect(followRow(situation({}))).toEqual({ kind: 'leave' });
    expect(followRow(situation({ workflow: 'absent', runId: null }))).toEqual({ kind: 'start' });
    expect(followRow(situation({ workflow: 'absent', runId: null, lostRuns: 2, lastLostRun: 'r2' }))).toEqual({ kind: 'start' });
  });

  it.each<WorkflowState>(['completed', 'failed', 'cancelled', 'terminated', 'timed out'])('then one that is %s is counted once and started again, until it is given up', (workflow) => {
    expect(followRow(situation({ workflow }))).toEqual({ kind: 'count and start', runId: 'r1' });
    expect(followRow(situation({ workflow, lostRuns: 1, lastLostRun: 'r1' }))).toEqual({ kind: 'start' });
    expect(followRow(situation({ workflow, runId: 'r3', lostRuns: 2, lastLostRun: 'r2' }))).toEqual({
      kind: 'give up',
      reason: `its workflow ended 3 times without ending the job, at last ${workflow}`,
    });
    // Counted by another reconciler that died before it could give the job up.
    expect(followRow(situation({ workflow, runId: 'r3', lostRuns: 3, lastLostRun: 'r3' }))).toMatchObject({ kind: 'give up' });
  });
});

describe('when ids follow from rows', () => {
  it('then a job asked for and one of a schedule are told apart, and a schedule is read back from its id', () => {
    expect(jobWorkflowId(job('queued'))).toBe('checkpoint:t:J');
    expect(jobWorkflowId({ ...job('queued'), scheduledFor: '2026-04-23T10:00:00Z' })).toBe('checkpoint:t:scheduled-2026-04-23T10:00:00Z');
    expect(jobWorkflowId({ ...job('queued'), subject: 'P', scheduledFor: '2026-04-23T10:00:00Z' })).toBe('checkpoint:t:P:scheduled-2026-04-23T10:00:00Z');
    for (const kind of jobKinds) for (const subject of ['', 'P-o_1']) expect(readScheduleId(scheduleId({ kind, tenantId: 'a-B_1', subject }))).toEqual({ kind, tenantId: 'a-B_1', subject });
    for (const id of ['checkpoint:t', 'holdfast:', 'holdfast:checkpoint:', 'other:checkpoint:t', 'holdfast:checkpoint:t:u:v', 'holdfast:checkpoint:t:']) expect(readScheduleId(id)).toBeNull();
  });

  it('then every default schedule can be read, and tenants are spread over the hour', () => {
    const crons = Array.from({ length: 200 }, (_, index) => rulesOfKind.checkpoint.defaultCron?.(`tenant-${String(index)}`) ?? '');

    expect(crons.filter((cron) => parseCron(cron) === null)).toEqual([]);
    expect(new Set(crons).size).toBeGreaterThan(50);
  });
});
