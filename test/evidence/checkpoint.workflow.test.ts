// The workflow that signs the head of a log, on a real Temporal server: what it signs holds against the public key alone.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { latestCheckpoint, listCheckpoints } from '../../db/evidence/checkpoints.ts';
import { listKeys } from '../../db/evidence/keys.ts';
import { readLogExtent, readLogRecords } from '../../db/evidence/read-log.ts';
import { createSignatureCheck } from '../../db/evidence/sign.ts';
import { sha256 } from '../../db/journal/sha256.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import { readCheckpointBody } from '../../domain/evidence/checkpoint.ts';
import { segmentSize } from '../../domain/evidence/segments.ts';
import { verifyLog } from '../../domain/evidence/verify-log.ts';
import type { Verdict } from '../../domain/evidence/verify-log.ts';
import type { Job } from '../../domain/job/job.ts';
import { isOpen } from '../../domain/job/job.ts';
import { done, startJobInstallation } from '../job/job-installation.ts';
import type { JobInstallation } from '../job/job-installation.ts';
import { appendEntries } from './append-entries.ts';
import { tamper } from './tamper.ts';

let here: JobInstallation;
let tenants = 0;

beforeAll(async () => {
  here = await startJobInstallation();
  await here.work();
});
afterAll(async () => {
  await here.end();
});

async function freshTenant(): Promise<string> {
  tenants += 1;
  const tenantId = `log${String(tenants)}`;
  await here.makeTenant(tenantId);
  return tenantId;
}

async function signed(tenantId: string): Promise<Job> {
  const job = await here.ask(tenantId);
  done(await here.rounds()());
  return here.until(job, (now) => !isOpen(now));
}

const latestOf = (tenantId: string) => inTenant(here.store.pool, tenantId, (client) => latestCheckpoint(client, tenantId));

async function verdictOf(tenantId: string): Promise<Verdict> {
  const extent = await readLogExtent(here.store.pool, tenantId);
  if (extent === null) throw new Error(`there is no log of ${tenantId}`);
  const keys = await listKeys(here.store.pool);
  const checkSignature = createSignatureCheck(keys.map(({ publicKey }) => publicKey));
  return verifyLog({ sha256, tenantId, checkSignature, records: readLogRecords(here.store.pool, extent), witnesses: [], head: extent.head });
}

describe('when a checkpoint is asked for', () => {
  it('then the head is signed, the published key verifies it, and the job says how far it reaches', async () => {
    const tenantId = await freshTenant();
    await appendEntries(here.store, { tenantId, count: 20 });
    const job = await signed(tenantId);
    const latest = await latestOf(tenantId);
    const [key] = await listKeys(here.store.pool);

    expect(job).toMatchObject({ state: 'completed', error: null, lostRuns: 0, result: { outcome: 'signed', number: 1 } });
    if (latest === null || key === undefined) throw new Error('nothing was signed');
    expect(job.result).toMatchObject({ head_seq: latest.headSeq });
    expect(createSignatureCheck([key.publicKey])(latest)).toBe('good');
    expect(createSignatureCheck([key.publicKey])({ ...latest, body: latest.body.replace('"number":1', '"number":2') })).toBe('bad');
    // Asking for the job is an entry itself, and was there when the head was read.
    expect(readCheckpointBody(latest.body)).toMatchObject({ tenant: tenantId, number: 1, headSeq: 22, keyId: key.keyId, previous: null });
    expect(await verdictOf(tenantId)).toMatchObject({ fault: null, entries: 22, checkpoints: 1 });
  });

  it('then a log that fills segments is signed over all of them, and again over what came after', async () => {
    const tenantId = await freshTenant();
    await appendEntries(here.store, { tenantId, count: 2 * segmentSize + 10 });
    await signed(tenantId);
    await appendEntries(here.store, { tenantId, count: segmentSize });
    const job = await signed(tenantId);

    expect(job.result).toMatchObject({ outcome: 'signed', number: 2 });
    expect(await here.sql('SELECT number FROM chain_segment WHERE tenant_id = $1 ORDER BY number', [tenantId])).toEqual([{ number: '1' }, { number: '2' }, { number: '3' }]);
    expect(await verdictOf(tenantId)).toMatchObject({ fault: null, checkpoints: 2 });
  }, 60_000);

  it('then many at once sign every number once, and each follows from the one before', async () => {
    const tenantId = await freshTenant();
    await appendEntries(here.store, { tenantId, count: 5 });
    const jobs = [];
    for (let index = 0; index < 6; index += 1) jobs.push(await here.ask(tenantId));
    done(await here.rounds()());
    const ended = await Promise.all(jobs.map((job) => here.until(job, (now) => !isOpen(now))));
    const kept = await listCheckpoints(here.store.pool, { tenantId, belowNumber: null, limit: 100 });

    expect(ended.map(({ state }) => state)).toEqual(jobs.map(() => 'completed'));
    expect(kept.map(({ number }) => number).reverse()).toEqual(kept.map((_, index) => index + 1));
    expect(await verdictOf(tenantId)).toMatchObject({ fault: null, checkpoints: kept.length });
  });
});

describe('when a log does not hold together', () => {
  it('then it is not signed, and the job fails naming the entry', async () => {
    const tenantId = await freshTenant();
    await appendEntries(here.store, { tenantId, count: 20 });
    await tamper(here.database, [`DELETE FROM entry WHERE tenant_id = '${tenantId}' AND seq = 7`]);
    const job = await signed(tenantId);

    expect(job).toMatchObject({ state: 'failed', result: null, error: 'entry 7: it is not there' });
    expect(await latestOf(tenantId)).toBeNull();
  });

  it('then what was signed before is not covered up by another signature', async () => {
    const tenantId = await freshTenant();
    await appendEntries(here.store, { tenantId, count: 20 });
    await signed(tenantId);
    const before = await latestOf(tenantId);
    await tamper(here.database, [
      `UPDATE tenant_log SET last_seq = 10, last_link = (SELECT link FROM entry WHERE tenant_id = '${tenantId}' AND seq = 10) WHERE tenant_id = '${tenantId}'`,
      // The log cannot go on from its false head, so nobody can ask for the job: it is put there.
      `INSERT INTO job (tenant_id, id, kind, state, requested_by, created_at) VALUES ('${tenantId}', 'FORGED', 'checkpoint', 'queued', 'nobody', now())`,
    ]);
    done(await here.rounds()());
    const job = await here.until({ tenantId, id: 'FORGED' }, (now) => !isOpen(now));

    expect(job.state).toBe('failed');
    expect(job.error).toMatch(/^entry 11: the log ends before it/);
    expect(await latestOf(tenantId)).toEqual(before);
  });
});
