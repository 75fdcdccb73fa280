// `npm run worker` as a real process: carries what waits, stops in order within its bound, and leaves the rest to the next one.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { latestCheckpoint } from '../../db/evidence/checkpoints.ts';
import { listKeys } from '../../db/evidence/keys.ts';
import { createSignatureCheck } from '../../db/evidence/sign.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import { isOpen } from '../../domain/job/job.ts';
import { eventually } from '../harness/eventually.ts';
import { isFullSize } from '../harness/fault-rounds.ts';
import { environmentFor, startWorkerProcess } from '../harness/processes.ts';
import { startJobInstallation } from './job-installation.ts';
import type { JobInstallation } from './job-installation.ts';
import { holdTable } from './recording.ts';

const stopBoundMs = 18_000;

let here: JobInstallation;
let env: Record<string, string>;

beforeAll(async () => {
  here = await startJobInstallation();
  await here.makeTenant('t');
  env = { ...environmentFor({ ownerUrl: here.database.ownerUrl, appUrl: here.database.appUrl, temporalAddress: here.address }), TEMPORAL_NAMESPACE: here.namespace };
});
afterAll(async () => {
  await here.end();
});

describe('when a worker is started on an installation with work that waits', () => {
  it('then it carries a job end to end, keeps the schedules, and stops cleanly on SIGTERM', async () => {
    const job = await here.ask('t');
    const worker = await startWorkerProcess({ env });
    const ended = await here.until(job, (now) => !isOpen(now));
    const latest = await inTenant(here.store.pool, 't', (client) => latestCheckpoint(client, 't'));
    const keys = await listKeys(here.store.pool);
    await eventually(async () => !(await here.temporal.schedule.getHandle('holdfast:checkpoint:t').describe()).state.paused, { limitMs: 15_000 });
    const log = readFileSync(worker.logFile, 'utf8');
    const startedMs = performance.now();
    await worker.stop();

    expect(ended).toMatchObject({ state: 'completed', result: { outcome: 'signed', number: 1 }, lostRuns: 0 });
    if (latest === null) throw new Error('nothing was signed');
    expect(createSignatureCheck(keys.map(({ publicKey }) => publicKey))(latest)).toBe('good');
    expect(await worker.exited).toBe('exit code 0');
    expect(performance.now() - startedMs).toBeLessThan(stopBoundMs);
    expect(log).not.toContain('PRIVATE KEY');
    expect(log).not.toContain(new URL(env['HOLDFAST_APP_DATABASE_URL'] ?? '').password);
  }, 60_000);

  it('then one that is stopped in the midst of a step still stops in time, and the next one brings the job to its one end', async () => {
    const letGo = await holdTable(here.database, { table: 'checkpoint', mode: 'ACCESS EXCLUSIVE' });
    const job = await here.ask('t');
    const first = await startWorkerProcess({ env });
    await here.until(job, ({ state }) => state === 'running');
    const startedMs = performance.now();
    const stopping = first.stop();
    await eventually(() => readFileSync(first.logFile, 'utf8').includes('"stopping"'));
    await letGo();
    await stopping;
    const tookMs = performance.now() - startedMs;
    const second = await startWorkerProcess({ env });
    const ended = await here.until(job, (now) => !isOpen(now));
    await second.stop();

    expect([await first.exited, await second.exited]).toEqual(['exit code 0', 'exit code 0']);
    expect(tookMs).toBeLessThan(stopBoundMs);
    expect(ended).toMatchObject({ state: 'completed', lostRuns: 0 });
  }, 60_000);

  // In every run a worker is killed in the midst of a removal as well.
  (isFullSize() ? it : it.skip)('then one that is killed in the midst of a step is replaced, and the step is done again', async () => {
    const before = await here.sql('SELECT number FROM checkpoint ORDER BY number');
    const letGo = await holdTable(here.database, { table: 'checkpoint', mode: 'ACCESS EXCLUSIVE' });
    const job = await here.ask('t');
    const first = await startWorkerProcess({ env });
    await here.until(job, ({ state }) => state === 'running');
    await first.kill9();
    await letGo();
    const second = await startWorkerProcess({ env });
    // The server takes a step for lost ten seconds after it was last heard of.
    const ended = await eventually(async () => {
      const now = await here.read(job);
      return isOpen(now) ? null : now;
    }, { limitMs: 40_000, everyMs: 100 });
    await second.stop();

    expect(ended).toMatchObject({ state: 'completed', lostRuns: 0, result: { outcome: 'signed' } });
    expect(await here.sql('SELECT number FROM checkpoint ORDER BY number')).toHaveLength(before.length + 1);
  }, 90_000);

  it('then one without Temporal starts all the same, says so, and stops', async () => {
    const worker = await startWorkerProcess({ env: { ...env, TEMPORAL_ADDRESS: '127.0.0.1:1' } });
    const said = await eventually(() => {
      const text = readFileSync(worker.logFile, 'utf8');
      return text.includes('jobs wait') && text.includes('no work can be had from Temporal') ? text : null;
    }, { limitMs: 15_000 });
    await worker.stop();

    expect(said).toContain('127.0.0.1:1');
    expect(await worker.exited).toBe('exit code 0');
  }, 30_000);
});
