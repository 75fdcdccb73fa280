// A job from its row to its end on a real Temporal server: carried, cancelled, lost, given up; the row decides throughout.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { createJobStarter } from '../../api/v1/jobs/job-starter.ts';
import type { JobStarter } from '../../api/v1/jobs/job-starter.ts';
import type { Job } from '../../domain/job/job.ts';
import { isOpen } from '../../domain/job/job.ts';
import { jobWorkflowId } from '../../domain/job/workflow-ids.ts';
import { eventually } from '../harness/eventually.ts';
import { done, startJobInstallation } from './job-installation.ts';
import type { JobInstallation } from './job-installation.ts';
import { holdTable } from './recording.ts';

let here: JobInstallation;
let starter: JobStarter;

beforeAll(async () => {
  here = await startJobInstallation();
  starter = createJobStarter({ address: here.address, namespace: here.namespace, log: pino({ level: 'silent' }) });
  await here.makeTenant('t');
});
afterAll(async () => {
  await starter.close();
  await here.end();
});

const workflowOf = (job: Job) => here.temporal.workflow.getHandle(jobWorkflowId(job));
const statusOf = async (job: Job): Promise<string> => (await workflowOf(job).describe()).status.name;

describe('while no worker runs', () => {
  it('when a job is asked for, then a round starts its workflow once, and the job waits', async () => {
    const job = await here.ask('t');
    const round = here.rounds();

    expect(done(await round())).toMatchObject({ openJobs: 1, started: 1 });
    expect(done(await round())).toMatchObject({ openJobs: 1, started: 0 });
    expect(await statusOf(job)).toBe('RUNNING');
    expect(await here.read(job)).toMatchObject({ state: 'queued', startedAt: null });
    await here.cancel(job);
  });

  it('when a job is cancelled before anybody began it, then its workflow ends without doing anything', async () => {
    const job = await here.ask('t');
    done(await here.rounds()());
    const { state, finishedAt } = await here.cancel(job);
    const worker = await here.work();

    expect([state, typeof finishedAt]).toEqual(['cancelled', 'string']);
    expect(await workflowOf(job).result()).toBe('cancelled');
    await worker.stop();
    expect(await here.read(job)).toMatchObject({ state: 'cancelled', finishedAt, startedAt: null, result: null });
  });

  it('when its workflow is ended by another hand three times, then the job is given up with the reason', async () => {
    const job = await here.ask('t');
    const round = here.rounds();
    const counts = [];
    for (let run = 0; run < 3; run += 1) {
      counts.push(done(await round()));
      // Temporal starts no second run of an id within the same second.
      await eventually(async () => (await statusOf(job)) === 'RUNNING');
      await workflowOf(job).terminate('by an operator');
    }
    counts.push(done(await round()));

    expect(counts.map(({ started, startedAgain, givenUp }) => [started, startedAgain, givenUp])).toEqual([[1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1]]);
    expect(await here.read(job)).toMatchObject({ state: 'failed', error: 'its workflow ended 3 times without ending the job, at last terminated' });
    expect(done(await round())).toMatchObject({ openJobs: 0 });
  });
});

describe('while a worker runs', () => {
  beforeAll(async () => {
    await here.work();
  });

  it('when a job is carried, then its row goes from queued over running to completed', async () => {
    const letGo = await holdTable(here.database, { table: 'checkpoint', mode: 'ACCESS EXCLUSIVE' });
    const job = await here.ask('t');
    expect(job).toMatchObject({ state: 'queued', requestedBy: 'admin', startedAt: null, finishedAt: null });
    starter.startSoon(job);
    const running = await here.until(job, ({ state }) => state === 'running');
    await letGo();
    const ended = await here.until(job, (now) => !isOpen(now));

    expect(running).toMatchObject({ result: null, finishedAt: null });
    expect(ended).toMatchObject({ state: 'completed', startedAt: running.startedAt, error: null, lostRuns: 0 });
    expect(Date.parse(String(ended.finishedAt))).toBeGreaterThanOrEqual(Date.parse(String(ended.startedAt)));
    expect(await workflowOf(job).result()).toBe('completed');
  });

  it('when a job that runs is cancelled, then its row says so at once, and its workflow ends', async () => {
    const letGo = await holdTable(here.database, { table: 'checkpoint', mode: 'ACCESS EXCLUSIVE' });
    const job = await here.ask('t');
    starter.startSoon(job);
    await here.until(job, ({ state }) => state === 'running');
    const cancelled = await here.cancel(job);
    starter.cancelSoon(cancelled);

    expect(cancelled.state).toBe('cancelled');
    await eventually(async () => (await statusOf(job)) === 'CANCELLED');
    await letGo();
    expect(await here.read(job)).toEqual(cancelled);
  });

  it('when its workflow is cancelled from outside, then the row follows', async () => {
    const letGo = await holdTable(here.database, { table: 'checkpoint', mode: 'ACCESS EXCLUSIVE' });
    const job = await here.ask('t');
    starter.startSoon(job);
    await here.until(job, ({ state }) => state === 'running');
    await workflowOf(job).cancel();

    expect(await here.until(job, (now) => !isOpen(now))).toMatchObject({ state: 'cancelled', result: null });
    await letGo();
  });

  it('when a run is lost halfway, then another one carries the job to its one end', async () => {
    const letGo = await holdTable(here.database, { table: 'checkpoint', mode: 'ACCESS EXCLUSIVE' });
    const job = await here.ask('t');
    starter.startSoon(job);
    await here.until(job, ({ state }) => state === 'running');
    await workflowOf(job).terminate('by an operator');
    expect(done(await here.rounds()())).toMatchObject({ startedAgain: 1 });
    await letGo();

    expect(await here.until(job, (now) => !isOpen(now))).toMatchObject({ state: 'completed', lostRuns: 1 });
  });

  it('when several reconcilers look at the same jobs at the same time, then each job is carried once', async () => {
    await here.sql(`CREATE TABLE ended (id text); CREATE FUNCTION note_end() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.ended VALUES (NEW.id); RETURN NEW; END';
      GRANT INSERT ON ended TO PUBLIC;
      CREATE TRIGGER note_end AFTER UPDATE ON job FOR EACH ROW WHEN (NEW.state IN ('completed', 'failed', 'cancelled')) EXECUTE FUNCTION note_end()`);
    const tenants = ['many1', 'many2', 'many3'];
    const jobs: Job[] = [];
    for (const tenantId of tenants) {
      await here.makeTenant(tenantId);
      for (let index = 0; index < 8; index += 1) jobs.push(await here.ask(tenantId));
    }
    const reconcilers = Array.from({ length: 4 }, () => here.rounds());
    const outcomes = await Promise.all(reconcilers.map((round) => round()));
    outcomes.forEach(done);
    const ended = await Promise.all(jobs.map((job) => here.until(job, (now) => !isOpen(now))));

    expect(ended.map(({ state, lostRuns }) => [state, lostRuns])).toEqual(jobs.map(() => ['completed', 0]));
    expect((await here.sql<{ id: string }>('SELECT id FROM ended ORDER BY id')).map(({ id }) => id)).toEqual(jobs.map(({ id }) => id).sort());
  }, 60_000);
});
