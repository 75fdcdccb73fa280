// The workflow of a run on a real Temporal server: what was reviewed goes and nothing else, one certificate whatever happens, and the log can be checked afterwards.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asking } from '../../db/access/ask.ts';
import { listKeys } from '../../db/evidence/keys.ts';
import { readProofPath } from '../../db/evidence/proofs.ts';
import { readLogExtent, readLogRecords } from '../../db/evidence/read-log.ts';
import { createSignatureCheck } from '../../db/evidence/sign.ts';
import { readStoredEntries } from '../../db/journal/read-stored.ts';
import { sha256 } from '../../db/journal/sha256.ts';
import { makeHold } from '../../db/legal-hold/place-hold.ts';
import { makePlan } from '../../db/retention/make-plan.ts';
import { commandRun, findRun, startRun } from '../../db/retention/run-rows.ts';
import { createPolicy } from '../../db/retention/write-policy.ts';
import type { RetentionWorld } from '../../db/retention/write-policy.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import { merkleRoot, rootFromPath } from '../../domain/evidence/merkle.ts';
import { readCheckpointBody } from '../../domain/evidence/checkpoint.ts';
import { verifyLog } from '../../domain/evidence/verify-log.ts';
import type { Verdict } from '../../domain/evidence/verify-log.ts';
import { isOpen } from '../../domain/job/job.ts';
import { jobWorkflowId } from '../../domain/job/workflow-ids.ts';
import type { RunCommand } from '../../domain/retention/decide-run.ts';
import type { Plan } from '../../domain/retention/plan.schema.ts';
import { policyWish } from '../../domain/retention/policy.schema.ts';
import type { Run } from '../../domain/retention/run.schema.ts';
import { tamper } from '../evidence/tamper.ts';
import { eventually } from '../harness/eventually.ts';
import { done, startJobInstallation } from '../job/job-installation.ts';
import type { JobInstallation } from '../job/job-installation.ts';
import { granted, officerOf } from '../legal-hold/officers.ts';
import { verifyStored } from '../../bin/verify/verify-stored.ts';
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

let tenants = 0;

interface Planned {
  readonly tenantId: string;
  readonly plan: Plan;
}

/** A log of which a policy would remove all that was appended. */
async function planned({ entries, approval = 'none' }: { entries: number; approval?: 'none' | 'second_person' }): Promise<Planned> {
  tenants += 1;
  const tenantId = `prune${String(tenants)}`;
  await here.makeTenant(tenantId);
  const facts = Array.from({ length: entries }, (_, index) => ({ share_id: index % 10 === 0 ? 'held' : 'free' }));
  await appendFacts(here.store, { tenantId, ids: world.ids, facts });
  const policy = granted(await createPolicy(world, officerOf(tenantId), policyWish.parse({ name: 'Old', retention_days: 30, approval })));
  return { tenantId, plan: granted(await makePlan(world, officerOf(tenantId), policy.id)) };
}

const start = async ({ tenantId, plan }: Planned): Promise<Run> => granted(await startRun(world, officerOf(tenantId), { policyId: plan.policy_id, planHash: plan.hash }));
const command = (tenantId: string, runId: string, what: RunCommand, userId?: string) => commandRun(world, officerOf(tenantId, userId), { runId, command: what });

async function settled(tenantId: string, runId: string): Promise<Run> {
  done(await here.rounds()());
  await here.until({ tenantId, id: runId }, (job) => !isOpen(job));
  const run = await inTenant(here.store.pool, tenantId, (client) => findRun(asking(client), { tenantId, runId }));
  if (run === null) throw new Error('the run is gone');
  return run;
}

async function verdictOf(tenantId: string): Promise<Verdict> {
  const extent = await readLogExtent(here.store.pool, tenantId);
  if (extent === null) throw new Error('no log');
  const checkSignature = createSignatureCheck((await listKeys(here.store.pool)).map(({ publicKey }) => publicKey));
  return verifyLog({ sha256, tenantId, checkSignature, records: readLogRecords(here.store.pool, extent), witnesses: [], head: extent.head });
}

async function signHead(tenantId: string): Promise<void> {
  const job = await here.ask(tenantId);
  done(await here.rounds()());
  expect(await here.until(job, (now) => !isOpen(now))).toMatchObject({ state: 'completed' });
}

describe('a run', () => {
  it('when a hold came between plan and run, then exactly the rest goes, the certificate says so, and log and old proofs verify', async () => {
    const made = await planned({ entries: 200 });
    const { tenantId, plan } = made;
    expect(plan).toMatchObject({ count: 200, held_count: 0 });
    await signHead(tenantId);
    const proof = await inTenant(here.store.pool, tenantId, (client) => readProofPath(client, { tenantId, seq: 57 }));
    const leaf = await leafOf(tenantId, 57);
    granted(await makeHold(world, officerOf(tenantId), { name: 'Late', items: [{ scope_type: 'share', scope_id: 'held' }] }));

    const run = await start(made);
    const ended = await settled(tenantId, run.id);
    expect(ended).toMatchObject({ state: 'completed', of: 200, removed: 180, kept: { hold: 20, floor: 0, not_old_enough: 0 }, error: null });
    expect(ended.newly_held).toHaveLength(20);
    expect(await seqsWhere(here.store, tenantId, `share_id = 'free'`)).toEqual([]);
    expect(await seqsWhere(here.store, tenantId, `share_id = 'held'`)).toEqual(ended.newly_held);

    const certificates = await here.sql<{ body: string; key_id: string; signature: Buffer }>('SELECT body, key_id, signature FROM retention_certificate WHERE tenant_id = $1', [tenantId]);
    const [certificate] = certificates;
    if (certificate === undefined) throw new Error('no certificate');
    expect(certificates).toHaveLength(1);
    expect(createSignatureCheck([here.world.signer.key.publicKey])({ body: certificate.body, keyId: certificate.key_id, signature: certificate.signature })).toBe('good');
    expect(JSON.parse(certificate.body)).toMatchObject({ plan_hash: plan.hash, policy_version: 1, planned: 200, removed: 180, kept: { hold: 20 }, outcome: 'completed', first_seq: 3, holds_in_force: [expect.any(String)] });

    // One that was asked for, and one that the run had made under its beginning.
    expect(await verdictOf(tenantId)).toMatchObject({ fault: null, removed: 180, checkpoints: 2 });
    await signHead(tenantId);
    expect(await verdictOf(tenantId)).toMatchObject({ fault: null, removed: 180, checkpoints: 3 });
    // The proof made before the run holds against the checkpoint it was made for, and the same path is found now.
    const signed = readCheckpointBody(proof?.checkpoint.body ?? '');
    if (proof === null || signed === null) throw new Error('no proof');
    expect(rootFromPath({ sha256, leaf, index: 56, size: signed.headSeq, path: proof.path })).toEqual(signed.root);
    expect(await inTenant(here.store.pool, tenantId, (client) => readProofPath(client, { tenantId, seq: 57 }))).not.toBeNull();
    expect(merkleRoot({ sha256, leaves: [leaf] })).toEqual(leaf);

    expect((await start(made)).id).toBe(run.id);
    const told = await here.sql<{ own_action: string }>(`SELECT own_action FROM entry WHERE tenant_id = $1 AND resource_type = 'retention_run' ORDER BY seq`, [tenantId]);
    expect(told.map(({ own_action: action }) => action)).toEqual(['run_retention', 'complete_retention_run']);
  });

  it('when a second person has to approve, then nothing goes before, and who asked cannot', async () => {
    const made = await planned({ entries: 20, approval: 'second_person' });
    const { tenantId } = made;
    const run = await start(made);
    expect(run.state).toBe('awaiting_approval');
    done(await here.rounds()());
    await here.until({ tenantId, id: run.id }, (job) => job.state === 'running');
    expect(await command(tenantId, run.id, 'approve')).toMatchObject({ code: 'SECOND_PERSON_REQUIRED' });
    expect(await seqsWhere(here.store, tenantId, 'share_id IS NOT NULL')).toHaveLength(20);
    granted(await command(tenantId, run.id, 'approve', 'second'));
    await tell(tenantId, run.id);
    expect(await settled(tenantId, run.id)).toMatchObject({ state: 'completed', removed: 20, approved_by: 'second' });
  });

  it('when it is paused and cancelled, then nothing more goes, and the certificate says how far it came', async () => {
    const made = await planned({ entries: 20 });
    const { tenantId } = made;
    const run = await start(made);
    granted(await command(tenantId, run.id, 'pause'));
    done(await here.rounds()());
    await here.until({ tenantId, id: run.id }, (job) => job.state === 'running');
    expect(await command(tenantId, run.id, 'approve', 'second')).toMatchObject({ code: 'CONFLICT' });
    granted(await command(tenantId, run.id, 'cancel'));
    await tell(tenantId, run.id);
    expect(await settled(tenantId, run.id)).toMatchObject({ state: 'cancelled', removed: 0 });
    const bodies = await here.sql<{ body: string }>('SELECT body FROM retention_certificate WHERE tenant_id = $1', [tenantId]);
    expect(bodies.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([{ outcome: 'cancelled', removed: 0 }]);
    expect(await seqsWhere(here.store, tenantId, 'share_id IS NOT NULL')).toHaveLength(20);
  });

  it('when its workflow is lost in the middle, then another one ends it from the row, with one certificate', async () => {
    const made = await planned({ entries: 50, approval: 'second_person' });
    const { tenantId } = made;
    const run = await start(made);
    done(await here.rounds()());
    await here.until({ tenantId, id: run.id }, (job) => job.state === 'running');
    await here.temporal.workflow.getHandle(workflowOf(tenantId, run.id)).terminate('a test');
    granted(await command(tenantId, run.id, 'approve', 'second'));
    const ended = await eventually(async () => {
      done(await here.rounds()());
      const now = await inTenant(here.store.pool, tenantId, (client) => findRun(asking(client), { tenantId, runId: run.id }));
      return now?.state === 'completed' ? now : null;
    }, { limitMs: 15_000, everyMs: 200 });
    expect(ended).toMatchObject({ removed: 50 });
    expect(await here.sql('SELECT 1 FROM retention_certificate WHERE tenant_id = $1', [tenantId])).toHaveLength(1);
  });

  it('when after a lawful run somebody removes more, or edits a tombstone, then the first bad seq is named', async () => {
    const made = await planned({ entries: 30 });
    const { tenantId } = made;
    await signHead(tenantId);
    granted(await makeHold(world, officerOf(tenantId), { name: 'Some', items: [{ scope_type: 'share', scope_id: 'held' }] }));
    await settled(tenantId, (await start(made)).id);
    expect(await verdictOf(tenantId)).toMatchObject({ fault: null, removed: 27 });
    const held = await seqsWhere(here.store, tenantId, `share_id = 'held'`);
    const said: string[] = [];
    const verify = () => verifyStored(here.store.pool, { tenant: tenantId, witnesses: [], publicKeys: null, say: (line) => said.push(line) });
    expect(await verify()).toBe(true);
    // A removal dressed up as a lawful one: the chain holds, and no certificate speaks of it.
    const forged = `INSERT INTO tombstone SELECT tenant_id, (SELECT id FROM retention_run WHERE tenant_id = '${tenantId}'), 99, seq, seq, int8multirange(int8range(seq, seq, '[]')), leaf, link, now()
      FROM entry WHERE tenant_id = '${tenantId}' AND seq = ${String(held[1])}`;
    await tamper(here.database, [forged, `DELETE FROM entry WHERE tenant_id = '${tenantId}' AND seq = ${String(held[1])}`]);
    expect(await verdictOf(tenantId)).toMatchObject({ fault: null, removed: 28 });
    expect(await verify()).toBe(false);
    expect(said.at(-1)).toMatch(new RegExp(`BAD: first bad seq ${String(held[1])}: .* certified for other entries`));
    await tamper(here.database, ['ALTER TABLE tombstone DISABLE TRIGGER ALL', `UPDATE tombstone SET leaves = overlay(leaves PLACING '\\x00'::bytea FROM 33) WHERE tenant_id = '${tenantId}'`]);
    expect(await verdictOf(tenantId)).toMatchObject({ fault: { seq: 4 } });
    await tamper(here.database, [`DELETE FROM entry WHERE tenant_id = '${tenantId}' AND seq = ${String(held[0])}`]);
    expect(await verdictOf(tenantId)).toMatchObject({ fault: { seq: held[0], kind: 'removed' } });
  });
});

const workflowOf = (tenantId: string, id: string): string => jobWorkflowId({ kind: 'retention_run', tenantId, id, scheduledFor: null });

async function tell(tenantId: string, runId: string): Promise<void> {
  await here.temporal.workflow.getHandle(workflowOf(tenantId, runId)).signal('runChanged');
}

async function leafOf(tenantId: string, seq: number): Promise<Uint8Array> {
  for await (const [entry] of readStoredEntries(here.store.pool, { tenantId, afterSeq: seq - 1, throughSeq: seq })) if (entry !== undefined) return entry.leaf;
  throw new Error(`there is no entry ${String(seq)}`);
}
