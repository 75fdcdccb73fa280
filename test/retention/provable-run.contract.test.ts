// A run can be proved from its first entry on: the head that says that it began is signed before anything goes, whoever else signs, removes or verifies meanwhile.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signHead } from '../../activities/evidence/sign-head.ts';
import { signBeginning } from '../../activities/retention/sign-beginning.ts';
import { verifyStored } from '../../bin/verify/verify-stored.ts';
import { listCheckpoints } from '../../db/evidence/checkpoints.ts';
import type { Client, Pool } from '../../db/pool.ts';
import { beginRun } from '../../db/retention/begin-run.ts';
import { pruneBatch } from '../../db/retention/prune-batch.ts';
import { tamper } from '../evidence/tamper.ts';
import { runVerify } from '../harness/run-verify.ts';
import { granted } from '../legal-hold/officers.ts';
import { startActing } from './acting-installation.ts';
import type { ActingInstallation, RunHere } from './acting-installation.ts';
import { seqsWhere } from './made-run.ts';

const ours = `event_type = 'file.create'`;

let here: ActingInstallation;
let directory: string;
beforeAll(async () => {
  here = await startActing();
  directory = mkdtempSync(join(tmpdir(), 'holdfast-provable-'));
});
afterAll(async () => {
  await here.end();
  rmSync(directory, { recursive: true, force: true });
});

async function started(action: 'delete' | 'archive' | 'quarantine' = 'delete'): Promise<RunHere> {
  const tenantId = await here.makeTenant();
  await here.append(tenantId, Array.from({ length: 60 }, () => ({})));
  const run = await here.start(tenantId, action);
  if (action === 'quarantine') {
    await here.carry(run);
    granted(await here.command(run, 'confirm', 'second'));
  }
  return run;
}

/** Its worker dies after the first two batches, and nobody goes on with it. */
async function carriedHalf(run: RunHere): Promise<number> {
  for (let diesAt = 1; ; diesAt += 1) {
    let beats = 0;
    const onProgress = (): void => {
      beats += 1;
      if (beats === diesAt) throw new Error('the worker died');
    };
    await expect(here.carry(run, { batchEntries: 10, onProgress })).rejects.toThrow('the worker died');
    const gone = 60 - (await seqsWhere(here.store, run.tenantId, ours)).length;
    if (gone > 0) return gone;
  }
}

const verify = ({ tenantId }: RunHere, ...more: string[]) => runVerify(['--tenant', tenantId, ...more], { appUrl: here.database.appUrl, dataDir: directory });
async function saidOf({ tenantId }: RunHere, pool = here.store.pool): Promise<string> {
  const said: string[] = [];
  await verifyStored(pool, { tenant: tenantId, witnesses: [], publicKeys: [here.world.signer.key.publicKey], say: (line) => said.push(line) });
  return said.join('\n');
}

const checkpointsOf = ({ tenantId }: RunHere) => listCheckpoints(here.store.pool, { tenantId, belowNumber: null, limit: 100 });
const signing = ({ tenantId }: RunHere) => signHead(here.world, { tenantId, onSegment: () => undefined });

describe('a run that began a moment ago', () => {
  it.each(['delete', 'archive', 'quarantine'] as const)('when the log is verified while its %s is under way, then it is proved, in the database and in a file, and no more is signed by going on', async (action) => {
    const run = await started(action);
    expect(await carriedHalf(run)).toBe(20);
    const said = /: ok: .*\(20 of them removed, .* 20 by a run that is under way and not certified yet\)/;
    expect(await verify(run)).toMatchObject({ exitCode: 0, lines: [expect.stringMatching(said)] });
    const path = join(directory, `${run.runId}.ndjson`);
    expect(await verify(run, '--export', path)).toMatchObject({ exitCode: 0 });
    expect(await runVerify(['--from', path], { dataDir: directory })).toMatchObject({ exitCode: 0, lines: [expect.stringMatching(said)] });

    const signed = await checkpointsOf(run);
    expect(await here.carry(run, { batchEntries: 20 })).toEqual({ state: 'over', failure: null });
    expect(await checkpointsOf(run)).toEqual(signed);
    expect(await here.certify(run)).toEqual({ outcome: 'completed', removed: 60 });
    expect(await verify(run)).toMatchObject({ exitCode: 0, lines: [expect.stringContaining('60 of them removed')] });
  });

  it('when nothing has signed that it began, then the database refuses to remove, and goes on when something has', async () => {
    const run = await started();
    const now = new Date().toISOString();
    await signing(await started());
    await beginRun(here.store.pool, run, now);
    const batch = () => pruneBatch(here.world.pruner, { ...run, now });
    await expect(batch()).rejects.toThrow(`no checkpoint has signed that the run ${run.runId} began`);
    expect(await seqsWhere(here.store, run.tenantId, ours)).toHaveLength(60);
    await signing(run);
    expect(await batch()).toEqual({ kind: 'removed', removed: 60, kept: 0 });
  });

  it('when a checkpoint covers its beginning already, then none is made, however far the log has grown', async () => {
    const run = await started();
    await signing(run);
    await here.append(run.tenantId, [{}, {}]);
    expect(await signBeginning(here.world, run)).toBeNull();
    expect(await checkpointsOf(run)).toHaveLength(1);
  });

  it('when several sign at once, the hourly checkpoint among them, then all that is signed is in order', async () => {
    for (let round = 0; round < 5; round += 1) {
      const run = await started();
      const appending = here.append(run.tenantId, [{ share_id: 'late' }]);
      const hourly = Promise.all([signing(run), signing(run)]);
      const attempts = await Promise.all([signBeginning(here.world, run), signBeginning(here.world, run), here.carry(run, { batchEntries: 20 })]);
      expect(attempts).toEqual([null, null, { state: 'over', failure: null }]);
      expect(await hourly).toMatchObject([{ headSeq: expect.any(Number) }, { headSeq: expect.any(Number) }]);
      await appending;
      expect(await checkpointsOf(run)).not.toEqual([]);
      expect(await saidOf(run)).toMatch(/: ok: .* 60 by a run that is under way/);
    }
  });

  it('when it begins to remove after the head was read, and what signed its beginning too, then the log is read again and the run is proved', async () => {
    const run = await started();
    const beforeRecords = poolThat(here.store.pool, { beforeConnection: 3, does: () => carriedHalf(run) });
    expect(await saidOf(run, beforeRecords)).toMatch(/: ok: .* 20 by a run that is under way/);
  });

  // From here on the guards of the database are off.
  it('when the signature under its beginning is taken away, then it is not believed', async () => {
    const run = await started();
    await carriedHalf(run);
    await tamper(here.database, [`DELETE FROM checkpoint WHERE tenant_id = '${run.tenantId}'`]);
    expect(await verify(run)).toMatchObject({ exitCode: 1, lines: [expect.stringMatching(/BAD: first bad seq \d+: .* no checkpoint has signed that it began/)] });
    await signing(run);
    expect(await verify(run)).toMatchObject({ exitCode: 0 });
  });

  it('when the log does not hold together, then nothing is signed, nothing goes, and the run fails', async () => {
    const run = await started();
    await tamper(here.database, [`UPDATE entry SET link = sha256(link) WHERE tenant_id = '${run.tenantId}' AND seq = 5`]);
    const failure: unknown = expect.stringMatching(/^the log does not hold together, and nothing goes: entry \d+: /);
    const carried = await here.carry(run);
    expect(carried).toEqual({ state: 'over', failure });
    expect(await here.certify(run, carried.failure)).toEqual({ outcome: 'failed', removed: 0 });
    expect(await here.read(run)).toMatchObject({ state: 'failed', error: failure });
    expect(await checkpointsOf(run)).toEqual([]);
    expect(await seqsWhere(here.store, run.tenantId, ours)).toHaveLength(60);
  });
});

/** Lets something happen before a connection is given the nth time. */
function poolThat(pool: Pool, { beforeConnection, does }: { readonly beforeConnection: number; readonly does: () => Promise<unknown> }): Pool {
  let connections = 0;
  const connect = async (): Promise<Client> => {
    connections += 1;
    if (connections === beforeConnection) await does();
    return pool.connect();
  };
  return Object.create(pool, { connect: { value: connect } }) as Pool;
}
