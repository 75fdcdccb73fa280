// Policies and their schedules on a real Temporal server: Schedules follow the policies, each time starts one run of its own plan, and times that were missed are made up for.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asking } from '../../db/access/ask.ts';
import { findRun, commandRun } from '../../db/retention/run-rows.ts';
import { startDueRun } from '../../db/retention/start-due-run.ts';
import { changePolicy, createPolicy, deletePolicy } from '../../db/retention/write-policy.ts';
import type { RetentionWorld } from '../../db/retention/write-policy.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import { isOpen } from '../../domain/job/job.ts';
import type { Job } from '../../domain/job/job.ts';
import { jobWorkflowId } from '../../domain/job/workflow-ids.ts';
import { policyChange, policyWish } from '../../domain/retention/policy.schema.ts';
import type { Policy } from '../../domain/retention/policy.schema.ts';
import type { Run } from '../../domain/retention/run.schema.ts';
import { eventually } from '../harness/eventually.ts';
import { done, startJobInstallation } from '../job/job-installation.ts';
import type { JobInstallation } from '../job/job-installation.ts';
import { granted, officerOf } from '../legal-hold/officers.ts';
import { appendFacts, seqsWhere } from './made-run.ts';

let here: JobInstallation;
let world: RetentionWorld;
beforeAll(async () => {
  here = await startJobInstallation();
  const { clock, ids } = here.world;
  world = { effects: here.store.effects, pool: here.store.pool, clock, ids };
});
afterAll(() => here.end());

let tenants = 0;

async function place(wish: object = {}, entries = 0): Promise<{ readonly tenantId: string; readonly policy: Policy }> {
  tenants += 1;
  const tenantId = `due${String(tenants)}`;
  await here.makeTenant(tenantId);
  const facts = Array.from({ length: entries }, () => ({ share_id: 'old' }));
  await appendFacts(here.store, { tenantId, ids: world.ids, facts });
  return { tenantId, policy: granted(await createPolicy(world, officerOf(tenantId), policyWish.parse({ name: 'Nightly', retention_days: 30, ...wish }))) };
}

const scheduleOf = (tenantId: string, policyId: string) => here.temporal.schedule.getHandle(`holdfast:retention_due:${tenantId}:${policyId}`);
const change = (tenantId: string, policyId: string, wish: object) => changePolicy(world, officerOf(tenantId, 'second'), { policyId, change: policyChange.parse(wish) });

async function dueJobs(tenantId: string): Promise<Job[]> {
  const rows = await here.sql<{ id: string }>(`SELECT id FROM job WHERE tenant_id = $1 AND kind = 'retention_due' ORDER BY created_at, id`, [tenantId]);
  return Promise.all(rows.map(({ id }) => here.read({ tenantId, id })));
}

async function runsOf(tenantId: string): Promise<Run[]> {
  const rows = await here.sql<{ id: string }>('SELECT id FROM retention_run WHERE tenant_id = $1 ORDER BY id', [tenantId]);
  const runs = await inTenant(here.store.pool, tenantId, async (client) => {
    const found: (Run | null)[] = [];
    for (const { id } of rows) found.push(await findRun(asking(client), { tenantId, runId: id }));
    return found;
  });
  return runs.filter((run) => run !== null);
}

/** Two of its times are two different seconds, and while one is under way another is passed over. */
async function mayActAgain(tenantId: string, policyId: string): Promise<boolean> {
  const { info } = await scheduleOf(tenantId, policyId).describe();
  const secondOf = (ms: number): number => Math.floor(ms / 1_000);
  return info.runningActions.length === 0 && info.recentActions.every(({ takenAt }) => secondOf(takenAt.getTime()) < secondOf(Date.now()));
}

/** Lets the schedule act now, and answers the job of that time when it has ended. */
async function acted(tenantId: string, policyId: string): Promise<Job> {
  const before = await dueJobs(tenantId);
  await eventually(() => mayActAgain(tenantId, policyId), { limitMs: 15_000, everyMs: 50 });
  await scheduleOf(tenantId, policyId).trigger();
  return eventually(
    async () => {
      const ended = (await dueJobs(tenantId)).find((job) => !isOpen(job) && !before.some(({ id }) => id === job.id));
      if (ended === undefined) throw new Error('no job of the schedule has ended');
      return ended;
    },
    { limitMs: 15_000, everyMs: 50 },
  );
}

describe('the schedule of a policy', () => {
  it('when the policy is made, changed, disabled and ended, then its Schedule follows', async () => {
    const { tenantId, policy } = await place();
    done(await here.rounds()());
    const { action, spec, policies, state } = await scheduleOf(tenantId, policy.id).describe();
    expect(action).toMatchObject({ workflowType: 'retentionDue', workflowId: `retention_due:${tenantId}:${policy.id}:scheduled`, args: [{ tenantId, jobId: null, subject: policy.id }] });
    expect([spec.calendars?.[0]?.hour, spec.timezone, policies.overlap, state.paused]).toEqual([[{ start: 2, end: 2, step: 1 }], 'UTC', 'SKIP', false]);

    granted(await change(tenantId, policy.id, { schedule: '0 5 * * 1', enabled: false }));
    done(await here.rounds()());
    const after = await scheduleOf(tenantId, policy.id).describe();
    expect([after.spec.calendars?.[0]?.hour, after.state.paused]).toEqual([[{ start: 5, end: 5, step: 1 }], true]);

    await scheduleOf(tenantId, policy.id).delete();
    done(await here.rounds()());
    expect((await scheduleOf(tenantId, policy.id).describe()).state.paused).toBe(true);

    expect(await deletePolicy(world, officerOf(tenantId), policy.id)).toBeNull();
    await eventually(async () => done(await here.rounds()()).schedulesRemoved === 1, { limitMs: 15_000, everyMs: 100 });
    await expect(scheduleOf(tenantId, policy.id).describe()).rejects.toThrow('not found');
  });

  it('when its time comes, then what is due is planned and exactly that is removed, with one certificate', async () => {
    await here.work();
    const { tenantId, policy } = await place({}, 12);
    await appendFacts(here.store, { tenantId, ids: world.ids, facts: [{ share_id: 'young', event_time: new Date().toISOString() }] });
    const round = here.rounds();
    done(await round());
    const due = await acted(tenantId, policy.id);
    const [run] = await runsOf(tenantId);
    expect(due).toMatchObject({ state: 'completed', subject: policy.id, result: { outcome: 'started', run_id: run?.id, planned: 12 } });
    expect(run).toMatchObject({ scheduled_for: due.scheduledFor, requested_by: 'officer', of: 12 });

    done(await round());
    await here.until({ tenantId, id: run?.id ?? '' }, (job) => !isOpen(job));
    expect(await runsOf(tenantId)).toMatchObject([{ state: 'completed', removed: 12, approved_by: null }]);
    expect([await seqsWhere(here.store, tenantId, `share_id = 'old'`), await seqsWhere(here.store, tenantId, `share_id = 'young'`)]).toEqual([[], [expect.any(Number)]]);
    expect(await here.sql('SELECT 1 FROM retention_certificate WHERE tenant_id = $1', [tenantId])).toHaveLength(1);
    const told = await here.sql<{ own_action: string; user_id: string | null }>(`SELECT own_action, user_id FROM entry WHERE tenant_id = $1 AND own_action ~ 'retention' ORDER BY seq`, [tenantId]);
    expect(told).toEqual([
      { own_action: 'create_retention_policy', user_id: 'officer' },
      { own_action: 'plan_retention', user_id: null },
      { own_action: 'run_retention', user_id: null },
      { own_action: 'complete_retention_run', user_id: null },
    ]);

    expect(await acted(tenantId, policy.id)).toMatchObject({ state: 'completed', result: { outcome: 'nothing_due', held: 0 } });
    expect(await runsOf(tenantId)).toHaveLength(1);
  });

  it('when it needs a second person, then the run waits, the next time is passed over, and who wrote the policy last cannot approve', async () => {
    const { tenantId, policy } = await place({ approval: 'second_person' }, 3);
    granted(await change(tenantId, policy.id, { name: 'Changed' }));
    done(await here.rounds()());
    await acted(tenantId, policy.id);
    const [run] = await runsOf(tenantId);
    expect(run).toMatchObject({ state: 'awaiting_approval', requested_by: 'second' });
    expect(await acted(tenantId, policy.id)).toMatchObject({ result: { outcome: 'run_under_way', run_id: run?.id } });
    const approve = (userId: string) => commandRun(world, officerOf(tenantId, userId), { runId: run?.id ?? '', command: 'approve' });
    expect(await approve('second')).toMatchObject({ code: 'SECOND_PERSON_REQUIRED' });
    expect(granted(await approve('officer'))).toMatchObject({ state: 'queued', approved_by: 'officer' });
    done(await here.rounds()());
    await here.until({ tenantId, id: run?.id ?? '' }, (job) => !isOpen(job));
    expect(await runsOf(tenantId)).toMatchObject([{ state: 'completed', removed: 3 }]);
  });

  it('when a time passed with Temporal away and its store lost, then it is made up for once, however many look', async () => {
    const { tenantId, policy } = await place({ schedule: '0 0 * * *' }, 5);
    const today = new Date(Math.floor((Date.now() - 180_000) / 86_400_000) * 86_400_000).toISOString().replace('.000Z', 'Z');
    await here.sql(`UPDATE job_schedule SET updated_at = now() - interval '9 days' WHERE tenant_id = $1 AND kind = 'retention_due'`, [tenantId]);
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => here.rounds()()));
    expect(outcomes.reduce((sum, outcome) => sum + done(outcome).firesMadeUp, 0)).toBe(1);
    done(await here.rounds()());
    const [due] = await dueJobs(tenantId);
    if (due === undefined) throw new Error('nothing was made up for');
    const ended = await here.until(due, (job) => !isOpen(job));
    expect(ended).toMatchObject({ state: 'completed', scheduledFor: today, result: { outcome: 'started', planned: 5 } });
    expect(jobWorkflowId(ended)).toBe(`retention_due:${tenantId}:${policy.id}:scheduled-${today}`);
    expect(await here.temporal.workflow.getHandle(jobWorkflowId(ended)).result()).toBe('completed');
    expect(done(await here.rounds()()).firesMadeUp).toBe(0);
    expect(await runsOf(tenantId)).toHaveLength(1);
  });

  it('when the time passed while an earlier one was under way, then it is passed over', async () => {
    const { tenantId, policy } = await place({ schedule: '0 0 * * *' });
    await here.sql(`UPDATE job_schedule SET updated_at = now() - interval '9 days' WHERE tenant_id = $1 AND kind = 'retention_due'`, [tenantId]);
    await here.sql(
      `INSERT INTO job (tenant_id, id, kind, subject, state, requested_by, scheduled_for, created_at, finished_at)
       VALUES ($1, 'LONG', 'retention_due', $2, 'completed', 'schedule', now() - interval '3 days', now() - interval '3 days', now())`,
      [tenantId, policy.id],
    );
    expect(done(await here.rounds()()).firesMadeUp).toBe(0);
    expect(await dueJobs(tenantId)).toHaveLength(1);
  });

  it('when the step that starts the run is done several times at once, then there is one run and one plan of it', async () => {
    const { tenantId, policy } = await place({}, 4);
    await here.sql(
      `INSERT INTO job (tenant_id, id, kind, subject, state, requested_by, scheduled_for, created_at) VALUES ($1, 'DUE', 'retention_due', $2, 'running', 'schedule', '2026-01-01T02:20:00Z', now())`,
      [tenantId, policy.id],
    );
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => startDueRun(world, { tenantId, jobId: 'DUE' })));
    const [run] = await runsOf(tenantId);
    expect(outcomes).toEqual(Array(5).fill({ outcome: 'started', run_id: run?.id, planned: 4 }));
    expect(await here.sql('SELECT 1 FROM retention_plan WHERE tenant_id = $1', [tenantId])).toHaveLength(1);
    expect(await seqsWhere(here.store, tenantId, `own_action = 'run_retention'`)).toHaveLength(1);
  });
});
