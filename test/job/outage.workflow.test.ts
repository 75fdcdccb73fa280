// Temporal away, and Temporal's whole store lost: jobs wait visibly, everything else is served, and afterwards every job ends once.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Job } from '../../domain/job/job.ts';
import { isOpen } from '../../domain/job/job.ts';
import { jobWorkflowId } from '../../domain/job/workflow-ids.ts';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { eventually } from '../harness/eventually.ts';
import { faultRounds } from '../harness/fault-rounds.ts';
import { done, startJobInstallation } from './job-installation.ts';
import type { JobInstallation } from './job-installation.ts';
import { ownTemporal } from '../harness/own-temporal.ts';
import type { OwnTemporal } from '../harness/own-temporal.ts';
import { holdTable } from './recording.ts';

const tenants = ['one', 'two', 'three'];
const rounds = Array.from({ length: faultRounds({ ordinarily: 1 }) }, (_, index) => index + 1);

let server: OwnTemporal;
let api: TestApi;
let here: JobInstallation;
let token: string;

beforeAll(async () => {
  server = await ownTemporal();
  api = await startTestApi({ temporalAddress: server.address });
  for (const tenant of tenants) await api.makeTenant(tenant);
  here = await startJobInstallation({ address: server.address, database: api.database });
  token = await tokenFor({ tenantId: 'one', scope: 'tenant:admin' });
  // Every end that a job's row comes to is noted: a job must not end twice.
  await here.sql(`CREATE TABLE ended (id text);
    GRANT INSERT ON ended TO PUBLIC;
    CREATE FUNCTION note_end() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.ended VALUES (NEW.id); RETURN NEW; END';
    CREATE TRIGGER note_end AFTER UPDATE ON job FOR EACH ROW WHEN (NEW.state IN ('completed', 'failed', 'cancelled')) EXECUTE FUNCTION note_end()`);
}, 60_000);
afterAll(async () => {
  await here.end();
  await api.end();
  await server.end();
});

const readiness = async () => (await api.call('/readyz', { token })).body as { status: string; waiting: string[]; dependencies: { name: string; ok: boolean; reason?: string }[] };
const temporalOf = ({ dependencies }: Awaited<ReturnType<typeof readiness>>) => dependencies.find(({ name }) => name === 'temporal');

async function ends(): Promise<string[]> {
  return (await here.sql<{ id: string }>('SELECT id FROM ended ORDER BY id')).map(({ id }) => id);
}

describe('while Temporal is away', () => {
  it('then a job that is asked for is taken in and waits visibly, and what is not a job is served as ever', async () => {
    const asked = await api.call('/api/v1/admin/jobs', { method: 'POST', token, json: { kind: 'checkpoint' } });
    const other = await api.call('/api/v1/admin/jobs', { method: 'POST', token, json: { kind: 'checkpoint' } });
    expect([asked.status, asked.body.state]).toEqual([202, 'queued']);

    const ready = await readiness();
    expect(ready).toMatchObject({ status: 'degraded', waiting: expect.arrayContaining(['checkpoint', 'partitions_ahead']) });
    expect(temporalOf(ready)).toMatchObject({ ok: false, reason: expect.stringMatching(/^open jobs: 2; .*ECONNREFUSED/) });
    const listed = await api.call('/api/v1/admin/jobs?state=queued', { token });
    expect(listed.body.jobs).toHaveLength(2);

    const event = { event_type: 'file.create', share_id: 'shr_1', resource_type: 'file', resource_id: 'fil_1', change: { change_type: 'created' } };
    expect((await api.call('/api/v1/events', { method: 'POST', token, json: event })).status).toBe(201);
    expect((await api.call('/api/v1/sync/changes?cursor=0', { token })).body.changes).toHaveLength(1);
    expect(await api.call(`/api/v1/admin/jobs/${String(other.body.id)}/cancel`, { method: 'POST', token })).toMatchObject({ status: 200, body: { state: 'cancelled' } });
    expect(await here.rounds()()).toMatchObject({ ok: false, reason: expect.stringContaining('UNAVAILABLE') });
  });

  it('then the job runs when Temporal is there, and the readiness says so', async () => {
    await server.start();
    await here.work();
    const round = here.rounds();
    const { jobs } = (await api.call('/api/v1/admin/jobs?state=queued', { token })).body as { jobs: { id: string }[] };
    await eventually(async () => (await round()).ok, { limitMs: 20_000, everyMs: 100 });

    for (const { id } of jobs) expect(await here.until({ tenantId: 'one', id }, (now) => !isOpen(now))).toMatchObject({ state: 'completed', lostRuns: 0 });
    await eventually(async () => temporalOf(await readiness())?.ok === true, { limitMs: 10_000 });
    expect(await readiness()).toMatchObject({ waiting: [], dependencies: expect.arrayContaining([{ name: 'temporal', ok: true, required: false }]) });
  }, 40_000);
});

describe('when the store of Temporal is lost in the midst of work', () => {
  it.each(rounds)('then every job ends once, and every schedule is there again (round %i)', async () => {
    const before = await ends();
    const schedules = await here.sql<{ id: string }>(`SELECT 'holdfast:' || kind || ':' || tenant_id AS id FROM job_schedule ORDER BY 1`);
    const letGo = await holdTable(here.database, { table: 'checkpoint', mode: 'ACCESS EXCLUSIVE' });
    const jobs: Job[] = [];
    for (let index = 0; index < 8; index += 1) for (const tenant of tenants) jobs.push(await here.ask(tenant));
    const round = here.rounds();
    expect(done(await round())).toMatchObject({ openJobs: jobs.length, started: jobs.length });
    await eventually(async () => (await here.sql(`SELECT 1 FROM job WHERE state = 'running'`)).length >= 4, { limitMs: 10_000 });

    await server.kill9();
    server.loseStore();
    expect(await round()).toMatchObject({ ok: false });
    await server.start();
    await letGo();
    await eventually(async () => {
      await here.temporal.connection.ensureConnected();
      await expect(Promise.all(jobs.map((job) => here.temporal.workflow.getHandle(jobWorkflowId(job)).describe()))).rejects.toBeInstanceOf(WorkflowNotFoundError);
    });

    await eventually(async () => done(await round()).openJobs >= 0, { limitMs: 20_000, everyMs: 100 });
    const ended = await Promise.all(jobs.map((job) => here.until(job, (now) => !isOpen(now))));
    expect(ended.map(({ state }) => state)).toEqual(jobs.map(() => 'completed'));
    expect((await ends()).filter((id) => !before.includes(id))).toEqual(jobs.map(({ id }) => id).sort());

    expect(schedules).toHaveLength(tenants.length + 1);
    for (const { id } of schedules) expect((await here.temporal.schedule.getHandle(id).describe()).scheduleId).toBe(id);
    const [{ leftOver } = { leftOver: '' }] = await here.sql<{ leftOver: string }>(`SELECT count(*) AS "leftOver" FROM job WHERE state IN ('queued', 'running')`);
    expect(leftOver).toBe('0');
  }, 60_000);
});
