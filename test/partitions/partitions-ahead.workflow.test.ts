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
import { startStopwatch } from '../harness/stopwatch.ts';
import { done, startJobInstallation } from '../job/job-installation.ts';
import type { JobInstallation } from '../job/job-installation.ts';
import { holdTable } from '../job/recording.ts';
import { appendFacts } from '../retention/made-run.ts';

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

    expect(job).toMatchObject({ tenantId: installationTenant, requestedBy: 't/admin', state: 'completed', result: { made: monthsAhead, months_ahead: monthsAhead, months_dropped: 0, months_in_use: 0, months_indexed: 0 } });
    expect((await listPartitions(here.store.pool)).sort()).toEqual(before);
  });

  it('then a second time nothing is left to make', async () => {
    expect((await carried()).result).toEqual({ made: 0, months_ahead: monthsAhead, months_dropped: 0, months_in_use: 0, months_indexed: 0 });
  });

  it('then a month that is over gets its index of texts, once, and the open one none', async () => {
    await here.sql(`SELECT ensure_entry_partition(DATE '2024-05-01')`);
    await writeInto('2024-05-10');
    const indexes = async () => (await here.sql<{ name: string }>(`SELECT indexname AS name FROM pg_indexes WHERE indexname ~ '^entry_[0-9_]+_text$'`)).map(({ name }) => name);

    expect((await carried()).result).toMatchObject({ months_indexed: 1 });
    expect(await indexes()).toEqual(['entry_2024_05_text']);
    expect((await carried()).result).toMatchObject({ months_indexed: 0 });
    await here.sql('DROP TABLE entry_2024_05');
  });

  it('then a month that was emptied goes, one with a row left stays, and so does the month that may still be written into', async () => {
    await here.sql(`SELECT ensure_entry_partition(month) FROM unnest(ARRAY[DATE '2023-01-01', DATE '2023-02-01', DATE '2023-03-01']) AS month`);
    await writeInto('2023-02-20');
    expect((await carried()).result).toMatchObject({ months_dropped: 2, months_in_use: 0 });
    expect((await listPartitions(here.store.pool)).filter((name) => name.startsWith('entry_2023'))).toEqual(['entry_2023_02']);
    expect(await here.sql(`SELECT drop_emptied_month('entry_2023_02') AS a, drop_emptied_month($1) AS b, drop_emptied_month('entry') AS c, drop_emptied_month('tenant_log') AS d`, [(await listPartitions(here.store.pool)).sort()[1]])).toEqual([
      { a: 'has rows', b: 'still open', c: 'not there', d: 'not there' },
    ]);
    await here.sql('DROP TABLE entry_2023_02');
  });

  it.each([
    ['reads the log', 'ACCESS SHARE', 'entry'],
    ['writes into the log', 'ROW EXCLUSIVE', 'entry'],
    ['reads that month', 'ACCESS SHARE', 'entry_2023_01'],
    ['writes into that month', 'ROW EXCLUSIVE', 'entry_2023_01'],
  ])('when somebody %s for long, then an emptied month waits for the next time, and nobody waits for it', async (_name, mode, table) => {
    await here.sql(`SELECT ensure_entry_partition(DATE '2023-01-01')`);
    await here.sql(`CREATE INDEX entry_2023_01_text ON entry_2023_01 (tenant_id)`);
    const letGo = await holdTable(here.database, { table, mode });
    const appending = appendMeanwhile();
    const held = await carried().finally(letGo);
    const slowestMs = await appending.stop();

    expect(held).toMatchObject({ state: 'completed', lostRuns: 0, result: { months_dropped: 0, months_in_use: 1 } });
    expect(slowestMs).toBeLessThan(800);
    expect((await carried()).result).toMatchObject({ months_dropped: 1, months_in_use: 0 });
  });

  it('when, as a control, the lock on the log is waited for in one go, then every append waits with it', async () => {
    await here.sql(`SELECT ensure_entry_partition(DATE '2023-01-01')`);
    const letGo = await holdTable(here.database, { table: 'entry', mode: 'ACCESS SHARE' });
    const appending = appendMeanwhile();
    await expect(here.sql(`BEGIN; SET LOCAL lock_timeout = '1s'; DROP TABLE entry_2023_01`)).rejects.toThrow('lock timeout');
    expect(await appending.stop()).toBeGreaterThan(800);
    await letGo();
    expect(await here.sql(`SELECT drop_emptied_month('entry_2023_01') AS outcome`)).toEqual([{ outcome: 'dropped' }]);
  });

  it('when the owner could not see the rows, then nothing is dropped; and its sight does not depend on being a superuser', async () => {
    await here.sql(`SELECT ensure_entry_partition(DATE '2023-01-01')`);
    await writeInto('2023-01-20');
    const role = `plain_${here.database.name}`;
    await here.sql(`CREATE ROLE ${role} NOSUPERUSER; GRANT ALL ON SCHEMA public TO ${role}; ALTER TABLE entry OWNER TO ${role}; ALTER TABLE entry_2023_01 OWNER TO ${role}; ALTER FUNCTION drop_emptied_month OWNER TO ${role}`);
    await expect(here.sql(`SELECT drop_emptied_month('entry_2023_01')`)).rejects.toThrow('cannot see whether entry_2023_01 is empty');
    await here.sql(`SET ROLE ${role}; CREATE POLICY other ON entry_2023_01 FOR SELECT TO CURRENT_USER USING (true)`);
    expect(await here.sql(`SELECT drop_emptied_month('entry_2023_01') AS outcome`)).toEqual([{ outcome: 'has rows' }]);
    await here.sql(`ALTER TABLE entry_2023_01 DISABLE TRIGGER ALL; DELETE FROM entry_2023_01`);
    expect(await here.sql(`SELECT drop_emptied_month('entry_2023_01') AS outcome`)).toEqual([{ outcome: 'dropped' }]);
    await here.sql(`REASSIGN OWNED BY ${role} TO CURRENT_USER; DROP OWNED BY ${role}; DROP ROLE ${role}`);
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

/** As if it had been recorded then. */
async function writeInto(day: string): Promise<void> {
  await here.sql(
    `INSERT INTO entry SELECT (jsonb_populate_record(NULL::entry, to_jsonb(e) || jsonb_build_object('recorded_at', $1::text, 'seq', 1000000 + extract(doy FROM $1::date)::int))).*
     FROM (SELECT * FROM entry WHERE tenant_id = 't' ORDER BY seq LIMIT 1) AS e`,
    [day],
  );
}

/** Answers how long the slowest append took. */
function appendMeanwhile(): { stop(): Promise<number> } {
  const stopping = new AbortController();
  const appending = (async () => {
    let slowestMs = 0;
    while (!stopping.signal.aborted) {
      const elapsedMs = startStopwatch();
      await appendFacts(here.store, { tenantId: 't', ids: here.world.ids, facts: [{}] });
      slowestMs = Math.max(slowestMs, elapsedMs());
    }
    return slowestMs;
  })();
  return {
    stop() {
      stopping.abort();
      return appending;
    },
  };
}

async function attemptsOf(job: Job): Promise<number> {
  const { raw } = await here.temporal.workflow.getHandle(jobWorkflowId(job)).describe();
  return Math.max(0, ...(raw.pendingActivities ?? []).map(({ attempt }) => attempt ?? 0));
}
