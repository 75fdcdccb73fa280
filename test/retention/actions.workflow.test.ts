// Runs that archive and quarantine on a real Temporal server: sealed, then removed; hidden, then decided by a second person; one certificate each.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyArchiveFolder } from '../../bin/verify/verify-archive-folder.ts';
import { join } from 'node:path';
import { asking } from '../../db/access/ask.ts';
import { makePlan } from '../../db/retention/make-plan.ts';
import { commandRun, findRun, startRun } from '../../db/retention/run-rows.ts';
import { createPolicy } from '../../db/retention/write-policy.ts';
import type { RetentionWorld } from '../../db/retention/write-policy.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import { isOpen } from '../../domain/job/job.ts';
import { jobWorkflowId } from '../../domain/job/workflow-ids.ts';
import { policyWish } from '../../domain/retention/policy.schema.ts';
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
  await here.work();
});
afterAll(() => here.end());

interface Begun {
  readonly tenantId: string;
  readonly runId: string;
}

async function begun(tenantId: string, action: 'archive' | 'quarantine'): Promise<Begun> {
  await here.makeTenant(tenantId);
  await appendFacts(here.store, { tenantId, ids: world.ids, facts: Array.from({ length: 30 }, () => ({ share_id: 's' })) });
  const { id: policyId } = granted(await createPolicy(world, officerOf(tenantId), policyWish.parse({ name: 'Old', retention_days: 0, action, filter: { share_id: 's' } })));
  const { hash } = granted(await makePlan(world, officerOf(tenantId), policyId));
  const { id: runId } = granted(await startRun(world, officerOf(tenantId), { policyId, planHash: hash }));
  done(await here.rounds()());
  return { tenantId, runId };
}

async function read({ tenantId, runId }: Begun): Promise<Run> {
  const run = await inTenant(here.store.pool, tenantId, (client) => findRun(asking(client), { tenantId, runId }));
  if (run === null) throw new Error('the run is gone');
  return run;
}

const left = ({ tenantId }: Begun): Promise<number[]> => seqsWhere(here.store, tenantId, `share_id = 's'`);
const over = (run: Begun) => here.until({ tenantId: run.tenantId, id: run.runId }, (job) => !isOpen(job));

describe('a run that does not only delete', () => {
  it('when it archives, then the folder is complete in itself and nothing is left in the log', async () => {
    const run = await begun('archived', 'archive');
    expect(await over(run)).toMatchObject({ state: 'completed' });
    expect(await read(run)).toMatchObject({ state: 'completed', removed: 30, archive: { entries: 30 } });
    expect(await left(run)).toEqual([]);
    const said: string[] = [];
    const folder = join(here.world.filesDir, 'archives', run.tenantId, run.runId);
    expect(await verifyArchiveFolder({ folder, certificateFile: null, publicKeys: [here.world.signer.key.publicKey], say: (line) => said.push(line) })).toBe(true);
    expect(said).toEqual([expect.stringContaining('as its certificate says')]);
  });

  it.each([
    ['confirmed', 'confirm', 30],
    ['restored', 'restore', 0],
  ] as const)('when its quarantine is %s, then its workflow ends it with one certificate', async (name, command, removed) => {
    const run = await begun(name, 'quarantine');
    await eventually(async () => {
      expect((await read(run)).state).toBe('awaiting_approval');
    }, { limitMs: 15_000, everyMs: 50 });
    expect(await left(run)).toHaveLength(30);
    granted(await commandRun(world, officerOf(run.tenantId, 'second'), { runId: run.runId, command }));
    await here.temporal.workflow.getHandle(jobWorkflowId({ kind: 'retention_run', tenantId: run.tenantId, id: run.runId, scheduledFor: null })).signal('runChanged');
    expect(await over(run)).toMatchObject({ state: 'completed' });
    expect(await read(run)).toMatchObject({ state: 'completed', removed, quarantine: { hidden: 30, decision: name } });
    expect(await left(run)).toHaveLength(30 - removed);
    const certificates = await here.sql<{ body: string }>('SELECT body FROM retention_certificate WHERE tenant_id = $1', [run.tenantId]);
    expect(certificates.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([{ outcome: name === 'confirmed' ? 'completed' : 'restored', removed }]);
  });
});
