// The workflow that makes the log's partitions ahead of time, on a real Temporal server.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { listPartitions } from '../../db/journal/partitions.ts';
import type { Job } from '../../domain/job/job.ts';
import { isOpen } from '../../domain/job/job.ts';
import { installationTenant } from '../../domain/job/kinds.ts';
import { jobWorkflowId } from '../../domain/job/workflow-ids.ts';
import { monthsAhead } from '../../domain/partitions/months-ahead.ts';
import { eventually } from '../harness/eventually.ts';
import { done, startJobInstallation } from '../job/job-installation.ts';
import type { JobInstallation } from '../job/job-installation.ts';
import { holdTable } from '../job/recording.ts';

let here: JobInstallation;

beforeAll(async () => {
  here = await startJobInstallation();
  await here.makeTenant('t');
  await here.work();
});
afterAll(async () => {
  await here.end();
});

async function carried(): Promise<Job> {
  const job = await here.ask('t', 'partitions_ahead');
  done(await here.rounds()());
  return here.until(job, (now) => !isOpen(now));
}

async function dropAhead(): Promise<void> {
  const [thisMonth, ...ahead] = (await listPartitions(here.store.pool)).sort();
  expect([thisMonth, ahead.length]).toEqual([expect.stringMatching(/^entry_\d{4}_\d{2}$/), monthsAhead]);
  for (const name of ahead) await here.sql(`DROP TABLE ${pg.escapeIdentifier(name)}`);
}

describe('when partitions are to be made ahead', () => {
  it('then the months to come are there, and said', async () => {
    const before = (await listPartitions(here.store.pool)).sort();
    await dropAhead();
    const job = await carried();

    expect(job).toMatchObject({ tenantId: installationTenant, requestedBy: 't/admin', state: 'completed', result: { made: monthsAhead, months_ahead: monthsAhead, months_indexed: 0 } });
    expect((await listPartitions(here.store.pool)).sort()).toEqual(before);
  });

  it('then a second time nothing is left to make', async () => {
    expect((await carried()).result).toEqual({ made: 0, months_ahead: monthsAhead, months_indexed: 0 });
  });

  it('then a month that is over gets its index of texts, once, and the open one none', async () => {
    await here.sql(`SELECT ensure_entry_partition(DATE '2024-05-01')`);
    const indexes = async () => (await here.sql<{ name: string }>(`SELECT indexname AS name FROM pg_indexes WHERE indexname ~ '^entry_[0-9_]+_text$'`)).map(({ name }) => name);

    expect((await carried()).result).toMatchObject({ months_indexed: 1 });
    expect(await indexes()).toEqual(['entry_2024_05_text']);
    expect((await carried()).result).toMatchObject({ months_indexed: 0 });
    await here.sql('DROP TABLE entry_2024_05');
  });

  it('then neither readers nor writers of the log are waited for', async () => {
    await dropAhead();
    const letGo = await holdTable(here.database, { table: 'entry', mode: 'ROW EXCLUSIVE' });
    const job = await carried();

    expect(job).toMatchObject({ state: 'completed', result: { made: monthsAhead } });
    await letGo();
  });

  it('then what must be waited for is not waited for long: the step gives way and tries again until it is done', async () => {
    await dropAhead();
    const letGo = await holdTable(here.database, { table: 'entry', mode: 'SHARE UPDATE EXCLUSIVE' });
    const job = await here.ask('t', 'partitions_ahead');
    done(await here.rounds()());
    await eventually(async () => (await attemptsOf(job)) >= 2, { limitMs: 15_000, everyMs: 50 });
    await letGo();

    expect(await here.until(job, (now) => !isOpen(now))).toMatchObject({ state: 'completed', lostRuns: 0 });
    expect(await listPartitions(here.store.pool)).toHaveLength(monthsAhead + 1);
  });
});

async function attemptsOf(job: Job): Promise<number> {
  const { raw } = await here.temporal.workflow.getHandle(jobWorkflowId(job)).describe();
  return Math.max(0, ...(raw.pendingActivities ?? []).map(({ attempt }) => attempt ?? 0));
}
