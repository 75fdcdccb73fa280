// Schedules follow their rows on a real Temporal server: made, put right, removed; and what they start is a job like any other.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ScheduleDescription } from '@temporalio/client';
import { isOpen } from '../../domain/job/job.ts';
import { installationTenant } from '../../domain/job/kinds.ts';
import { jobWorkflowId } from '../../domain/job/workflow-ids.ts';
import { eventually } from '../harness/eventually.ts';
import { done, startJobInstallation } from './job-installation.ts';
import type { JobInstallation } from './job-installation.ts';

let here: JobInstallation;

beforeAll(async () => {
  here = await startJobInstallation();
  await here.makeTenant('a');
  await here.makeTenant('b');
});
afterAll(async () => {
  await here.end();
});

const scheduleOf = (id: string) => here.temporal.schedule.getHandle(id);
const minutesOf = ({ spec }: ScheduleDescription) => spec.calendars?.map(({ minute }) => minute);
/** The first round of a reconciler also looks for orphans. */
const firstRound = () => here.rounds()();

describe('when a round compares rows and schedules', () => {
  it('then every tenant and the installation get theirs, and a second round finds nothing to do', async () => {
    expect(done(await firstRound())).toMatchObject({ schedulesMade: 3, schedulesCorrected: 0 });
    expect(done(await firstRound())).toMatchObject({ schedulesMade: 0, schedulesCorrected: 0, schedulesRemoved: 0 });
    const { policies, spec, action, state } = await scheduleOf('holdfast:checkpoint:a').describe();

    expect(policies).toEqual({ overlap: 'SKIP', catchupWindow: 3_600_000, pauseOnFailure: false });
    expect([spec.timezone, state.paused]).toEqual(['UTC', false]);
    expect(action).toMatchObject({ workflowType: 'checkpoint', taskQueue: 'core', workflowId: 'checkpoint:a:scheduled', args: [{ tenantId: 'a', jobId: null }] });
    expect((await scheduleOf(`holdfast:partitions_ahead:${installationTenant}`).describe()).action).toMatchObject({ workflowType: 'partitionsAhead' });
  });

  it('then a row that changed changes its schedule', async () => {
    await here.sql(`UPDATE job_schedule SET cron = '5,35 2 * * 1', paused = true WHERE tenant_id = 'a' AND kind = 'checkpoint'`);

    expect(done(await firstRound())).toMatchObject({ schedulesCorrected: 1 });
    const described = await scheduleOf('holdfast:checkpoint:a').describe();
    expect(minutesOf(described)).toEqual([[{ start: 5, end: 5, step: 1 }, { start: 35, end: 35, step: 1 }]]);
    expect(described.state.paused).toBe(true);
    expect(done(await firstRound())).toMatchObject({ schedulesCorrected: 0 });
  });

  it('then what somebody changed in Temporal by hand is put back', async () => {
    const schedule = scheduleOf('holdfast:checkpoint:b');
    const before = await schedule.describe();
    await schedule.update((now) => ({ ...now, spec: { intervals: [{ every: '1s' }] }, policies: { ...now.policies, overlap: 'ALLOW_ALL' } }));
    await schedule.pause('by hand');

    expect(done(await firstRound())).toMatchObject({ schedulesCorrected: 1 });
    const after = await schedule.describe();
    expect([after.spec, after.policies, after.action, after.state.paused]).toEqual([before.spec, before.policies, before.action, false]);
  });

  it('then a schedule that was deleted by hand is made again', async () => {
    await scheduleOf('holdfast:checkpoint:b').delete();

    expect(done(await firstRound())).toMatchObject({ schedulesMade: 1 });
  });

  it('then one whose row is gone is removed, and one that is not ours is left alone', async () => {
    const { action } = await scheduleOf('holdfast:checkpoint:b').describe();
    const wished = { spec: { calendars: [{ hour: 3 }] }, action: { type: 'startWorkflow' as const, workflowType: action.workflowType, taskQueue: action.taskQueue } };
    await here.temporal.schedule.create({ scheduleId: 'holdfast:checkpoint:gone', ...wished });
    await here.temporal.schedule.create({ scheduleId: 'somebody-else', ...wished });
    // The list of schedules lags behind.
    await eventually(async () => done(await firstRound()).schedulesRemoved === 1, { limitMs: 15_000 });

    await expect(scheduleOf('holdfast:checkpoint:gone').describe()).rejects.toThrow('not found');
    expect((await scheduleOf('somebody-else').describe()).scheduleId).toBe('somebody-else');
  });

  it('then an expression that cannot be read is counted as a failure, and the other schedules are kept all the same', async () => {
    await here.sql(`UPDATE job_schedule SET cron = 'whenever' WHERE tenant_id = 'a' AND kind = 'checkpoint'`);
    await scheduleOf('holdfast:checkpoint:b').delete();
    const outcome = await firstRound();

    expect(outcome).toMatchObject({ ok: true, counts: { failures: 1, schedulesMade: 1 } });
    await here.sql(`UPDATE job_schedule SET cron = '0 * * * *', paused = false WHERE tenant_id = 'a' AND kind = 'checkpoint'`);
    expect(done(await firstRound())).toMatchObject({ schedulesCorrected: 1 });
  });

  it('then several reconcilers at once make each schedule once', async () => {
    const tenants = ['c', 'd', 'e', 'f', 'g'];
    for (const tenantId of tenants) await here.makeTenant(tenantId);
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => firstRound()));
    const made = outcomes.map((outcome) => done(outcome).schedulesMade);

    expect(made.reduce((sum, count) => sum + count, 0)).toBe(tenants.length);
  });
});

describe('when a schedule is due', () => {
  it('then it makes one job for its time, which a worker carries to its end', async () => {
    await here.work();
    done(await firstRound());
    await scheduleOf('holdfast:checkpoint:b').trigger();
    const id = await eventually(
      async () => {
        const [row] = await here.sql<{ id: string }>(`SELECT id FROM job WHERE tenant_id = 'b' AND state = 'completed'`);
        if (row === undefined) throw new Error('no job of the schedule has ended');
        return row.id;
      },
      { limitMs: 15_000 },
    );
    const job = await here.read({ tenantId: 'b', id });

    expect(job).toMatchObject({ kind: 'checkpoint', requestedBy: 'schedule', state: 'completed' });
    expect(isOpen(job)).toBe(false);
    // The id that follows from the row is the one Temporal gave: so the reconciler finds the workflow again.
    expect(await here.temporal.workflow.getHandle(jobWorkflowId(job)).result()).toBe('completed');
  });

  it('then a run that was lost is taken up again under the same id', async () => {
    await here.sql(`INSERT INTO job (tenant_id, id, kind, state, requested_by, scheduled_for, created_at)
      VALUES ('a', 'DUE', 'checkpoint', 'running', 'schedule', '2026-01-01T03:00:00Z', now())`);
    expect(done(await firstRound())).toMatchObject({ started: 1 });

    const job = await here.until({ tenantId: 'a', id: 'DUE' }, (now) => !isOpen(now));
    expect([job.state, jobWorkflowId(job)]).toEqual(['completed', 'checkpoint:a:scheduled-2026-01-01T03:00:00Z']);
  });
});
