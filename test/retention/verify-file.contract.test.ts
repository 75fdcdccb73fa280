// A log with lawful removals, in its database and in a file far from it: certificates vouch for what is gone, and whatever is changed is named.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signHead } from '../../activities/evidence/sign-head.ts';
import { verifyFile } from '../../bin/verify/verify-file.ts';
import { readWitness } from '../../bin/verify/read-witness.ts';
import { exportStored, verifyStored } from '../../bin/verify/verify-stored.ts';
import { latestCheckpoint } from '../../db/evidence/checkpoints.ts';
import { publishKey } from '../../db/evidence/keys.ts';
import { createSigner } from '../../db/evidence/sign.ts';
import { createIds } from '../../db/ids.ts';
import { makeHold } from '../../db/legal-hold/place-hold.ts';
import { createPool } from '../../db/pool.ts';
import type { Pool } from '../../db/pool.ts';
import { certifyRun } from '../../db/retention/certify-run.ts';
import { pruneBatch } from '../../db/retention/prune-batch.ts';
import { openStore } from '../../db/store.ts';
import type { Store } from '../../db/store.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import { rangesOf } from '../../domain/evidence/seq-ranges.ts';
import { tamper } from '../evidence/tamper.ts';
import { freshDatabase } from '../harness/database.ts';
import type { TestDatabase } from '../harness/database.ts';
import { runVerify } from '../harness/run-verify.ts';
import type { VerifyRun } from '../harness/run-verify.ts';
import { granted, officerOf } from '../legal-hold/officers.ts';
import { madeRun } from './made-run.ts';

const clock = { nowMs: () => Date.now() };
const ids = createIds(clock);
const signer = createSigner(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());

let database: TestDatabase;
let store: Store;
let pruner: Pool;
let directory: string;
let tenantId: string;
let runId: string;
let witnessPath: string;

beforeAll(async () => {
  database = await freshDatabase();
  store = await openStore({ appUrl: database.appUrl, clock, onTrouble: () => undefined });
  pruner = createPool({ url: database.prunerUrl, max: 1 });
  directory = mkdtempSync(join(tmpdir(), 'holdfast-verify-'));
  await publishKey(store.pool, signer.key);
  ({ tenantId, runId } = await madeRun({ store, ids, signer, facts: Array.from({ length: 60 }, (_, index) => ({ share_id: index % 4 === 0 ? 'held' : 'free' })) }));
  witnessPath = await keepCheckpoint();
  granted(await makeHold({ ...store, clock, ids }, officerOf(tenantId), { name: 'Some', items: [{ scope_type: 'share', scope_id: 'held' }] }));
});
afterAll(async () => {
  await Promise.all([pruner.end(), store.close()]);
  await database.drop();
  rmSync(directory, { recursive: true, force: true });
});

async function keepCheckpoint(): Promise<string> {
  const latest = await inTenant(store.pool, tenantId, (client) => latestCheckpoint(client, tenantId));
  if (latest === null) throw new Error('nothing was signed');
  const path = join(directory, 'checkpoint.json');
  writeFileSync(path, JSON.stringify({ body: latest.body, key_id: latest.keyId, signature: Buffer.from(latest.signature).toString('base64') }));
  return path;
}

let files = 0;
const freshPath = (): string => join(directory, `${String((files += 1))}.ndjson`);

async function exported(): Promise<string[]> {
  const path = freshPath();
  await exportStored(store.pool, { tenant: tenantId, path });
  return readFileSync(path, 'utf8').trimEnd().split('\n');
}

async function said(changed: readonly string[], { isWitnessed = true }: { readonly isWitnessed?: boolean } = {}): Promise<string> {
  const path = freshPath();
  writeFileSync(path, `${changed.join('\n')}\n`);
  const heard: string[] = [];
  await verifyFile({ path, witnesses: isWitnessed ? [await readWitness(witnessPath)] : [], publicKeys: [signer.key.publicKey], say: (line) => heard.push(line) });
  return heard.join('\n');
}

type Line = Readonly<Record<string, unknown>>;
const parsed = (line: string): Line => JSON.parse(line) as Line;
const isOf = (type: string) => (line: string): boolean => parsed(line)['type'] === type;

/** An entry as a removal that some run would answer for. */
function asRemoved(line: string, { by = runId }: { readonly by?: string } = {}): string {
  const { type, seq, leaf, link } = parsed(line);
  return type === 'entry' ? JSON.stringify({ type: 'removed', seq, leaf, link, run_id: by }) : line;
}

const seqOf = (line: string): number => Number(parsed(line)['seq'] ?? 0);
const without = (type: string) => (all: readonly string[]): string[] => all.filter((line) => !isOf(type)(line));
const dressed = (seq: number, as: { readonly by?: string } = {}) => (all: readonly string[]): string[] => all.map((line) => (seqOf(line) === seq ? asRemoved(line, as) : line));
/** Where the lines of evidence stand: before the last. */
const withLines = (...more: readonly string[]) => (all: readonly string[]): string[] => [...all.slice(0, -1), ...more, ...all.slice(-1)];

/** The first of those that stay though they were planned. */
const heldSeq = 14;

describe('a run that is under way', () => {
  let half: string[];
  let planLines: string[];
  beforeAll(async () => {
    await pruneBatch(pruner, { tenantId, runId, now: new Date().toISOString(), batchEntries: 20 });
    half = await exported();
    planLines = half.filter((line) => isOf('run_under_way')(line) || isOf('plan_part')(line));
  });

  it('when a checkpoint has signed that it began, then what it has removed as planned is said to be uncertified yet, in the file and in the database', async () => {
    expect(half.filter(isOf('removed'))).toHaveLength(15);
    expect(await said(half)).toMatch(/: ok: 63 entries \(15 of them removed, their leaves kept; 15 by a run that is under way and not certified yet\)/);
    expect(await saidOfStored()).toMatch(/: ok: .* 15 by a run that is under way/);
  });

  it.each<[string, RegExp, (all: string[]) => string[]]>([
    ['no plan of it is given', /first bad seq 3: .* no plan of it is given/, (all) => without('plan_part')(without('run_under_way')(all))],
    ['it is only said to be under way', /first bad seq 3: .* no plan of it is given/, (all) => withLines(JSON.stringify({ type: 'run_under_way', run_id: runId }))(without('plan_part')(without('run_under_way')(all)))],
    ['its plan is given without what it names', /first bad seq 3: .* another plan than the log says/, without('plan_part')],
    ['more is written into its plan', /first bad seq 3: .* another plan than the log says/, (all) => all.map((line) => (isOf('plan_part')(line) ? line.replace('[2,62)', '[1,62)') : line))],
    ['an entry is gone that it did not plan', /first bad seq 1: .* did not plan to remove it/, dressed(1)],
    ['another entry is gone by a run of which the log knows nothing', /first bad seq 14: it was removed by the run NEVER, which .* does not say that it began/, (all) => withLines(...planLines.map((line) => line.replaceAll(runId, 'NEVER')))(dressed(heldSeq, { by: 'NEVER' })(all))],
  ])('when %s, then that is said', async (_name, expected, change) => {
    const changed = change(half);
    expect(changed).not.toEqual(half);
    expect(await said(changed)).toMatch(expected);
  });

  it('when no checkpoint has signed that it began, then it is not believed', async () => {
    const unsigned = withRecords(without('checkpoint')(half));
    expect(await said(unsigned)).toMatch(/: ok: .* 15 by a run that is under way/);
    expect(await said(unsigned, { isWitnessed: false })).toMatch(/first bad seq 3: .* no checkpoint has signed that it began \(seq 62\)/);
  });
});

describe('a run that has ended', () => {
  let lines: string[];
  beforeAll(async () => {
    while ((await pruneBatch(pruner, { tenantId, runId, now: new Date().toISOString() })).kind === 'removed');
    await certifyRun({ pool: store.pool, clock, ids, signer }, { tenantId, runId }, { failure: null });
    await signHead({ pool: store.pool, clock, signer }, { tenantId, onSegment: () => undefined });
    lines = await exported();
  });

  it('then the file verifies with its certificate, and against a checkpoint that was kept before', async () => {
    expect(lines.filter(isOf('certificate'))).toHaveLength(1);
    expect(await said(lines)).toMatch(/: ok: 64 entries \(45 of them removed, their leaves kept\)/);
    expect(await byCommand(lines)).toMatchObject({ exitCode: 0 });
  });

  it('then its certificate says which seqs are gone', () => {
    const body = JSON.parse(String(parsed(lines.find(isOf('certificate')) ?? '{}')['body'])) as { removed_ranges: string };
    expect(rangesOf(body.removed_ranges).flatMap(({ from, through }) => [from, through])).toEqual(Array.from({ length: 15 }, (_, index) => [3 + 4 * index, 5 + 4 * index]).flat());
  });

  it.each<[string, RegExp, (all: string[]) => string[]]>([
    ['its certificate is left out', /first bad seq 3: .* although the log says that it ended/, without('certificate')],
    ['its certificate is left out and the run said to be under way', /first bad seq 3: .* although the log says that it ended/, (all) => withLines(JSON.stringify({ type: 'run_under_way', run_id: runId }))(without('certificate')(all))],
    ['its certificate is changed', /first bad seq 3: .* signature is not valid/, (all) => all.map((line) => (isOf('certificate')(line) ? line.replace('\\"removed\\":45', '\\"removed\\":46') : line))],
    ['one more entry is gone', /first bad seq 14: .* certified for other entries/, dressed(heldSeq)],
    ['one more entry is gone by a run that never was', /first bad seq 14: .* the run NEVER, which has no certificate, and the log does not say that it began/, (all) => withLines(JSON.stringify({ type: 'run_under_way', run_id: 'NEVER' }))(dressed(heldSeq, { by: 'NEVER' })(all))],
    ['two adjacent entries are gone without a trace', /first bad seq 62: it and all up to 63 are not there/, (all) => withRecords(all.filter((line) => ![62, 63].includes(seqOf(line))))],
    ['two adjacent entries are gone that a run has left, and dressed as its own', /first bad seq 1: .* certified for other entries/, (all) => dressed(1)(dressed(2)(all))],
    ['a leaf is changed', /first bad seq 4: /, (all) => all.map((line) => (seqOf(line) === 4 ? line.replace(/"leaf":"../, '"leaf":"00') : line))],
    ['the end is cut off', /first bad seq 41: the log ends before it/, (all) => withRecords(all.filter((line) => seqOf(line) <= 40))],
  ])('when %s, then that is said', async (_name, expected, change) => {
    expect(await said(change(lines))).toMatch(expected);
  });

  it('when its certificate is of before, without the seqs, then it verifies, and more that is gone is found out', async () => {
    const old = lines.map((line) => (isOf('certificate')(line) ? signedAnew(line, ({ removed_ranges: _ranges, removed_bits: _bits, ...body }) => body) : line));
    expect(await said(old)).toMatch(/: ok: 64 entries \(45 of them removed/);
    expect(await said(dressed(heldSeq)(old))).toMatch(/BAD: first bad seq 3: .* certified for other entries/);
  });

  it('when somebody dresses a removal as one that is under way, then the command ends with a failure', async () => {
    const forged = withLines(JSON.stringify({ type: 'run_under_way', run_id: 'NEVER' }))(dressed(heldSeq, { by: 'NEVER' })(lines));
    expect(await byCommand(forged)).toMatchObject({ exitCode: 1, lines: [expect.stringContaining('BAD: first bad seq 14')] });
  });
});

describe('the log in the database', () => {
  it('when an entry is dressed as removed by a run that did not plan it, never was, or has lost its certificate, then it is named', async () => {
    const other = await madeRun({ store, ids, signer, facts: [{}, {}] });
    await pruneBatch(pruner, { ...other, now: new Date().toISOString() });
    expect(await saidOfStored(other.tenantId)).toMatch(/: ok: /);
    await tamper(database, forgedRemoval({ ...other, seq: 1 }));
    expect(await saidOfStored(other.tenantId)).toMatch(/first bad seq 1: .* did not plan to remove it/);

    expect(await saidOfStored()).toMatch(/: ok: /);
    await tamper(database, [
      `INSERT INTO retention_run (tenant_id, id, policy_id, plan_hash, state, requested_by, created_at, action) SELECT tenant_id, 'NEVER', policy_id, NULL, 'running', 'officer', now(), 'delete' FROM retention_run WHERE id = '${runId}'`,
      ...forgedRemoval({ tenantId, runId: 'NEVER', seq: heldSeq }),
    ]);
    expect(await saidOfStored()).toMatch(/first bad seq 14: it was removed by the run NEVER, which has no certificate, and the log does not say that it began/);
    await tamper(database, ['ALTER TABLE retention_certificate DISABLE TRIGGER ALL', `DELETE FROM retention_certificate WHERE tenant_id = '${tenantId}'`, `UPDATE retention_run SET state = 'running' WHERE id = '${runId}'`]);
    expect(await saidOfStored()).toMatch(/first bad seq 3: .* has no certificate, although the log says that it ended/);
  });
});

/** As somebody would who may write everything: the entry goes, and a tombstone keeps its leaf and its link. */
function forgedRemoval({ tenantId: tenant, runId: by, seq }: { readonly tenantId: string; readonly runId: string; readonly seq: number }): string[] {
  const where = `WHERE tenant_id = '${tenant}' AND seq = ${String(seq)}`;
  return [`INSERT INTO tombstone SELECT tenant_id, '${by}', 99, seq, seq, int8multirange(int8range(seq, seq, '[]')), leaf, link, now() FROM entry ${where}`, `DELETE FROM entry ${where}`];
}

async function saidOfStored(tenant = tenantId): Promise<string> {
  const heard: string[] = [];
  await verifyStored(store.pool, { tenant, witnesses: [], publicKeys: [signer.key.publicKey], say: (line) => heard.push(line) });
  return heard.join('\n');
}

async function byCommand(all: readonly string[]): Promise<VerifyRun> {
  const path = freshPath();
  writeFileSync(path, `${all.join('\n')}\n`);
  const key = join(directory, 'key.pem');
  writeFileSync(key, signer.key.publicKey);
  return runVerify(['--from', path, '--checkpoint', witnessPath, '--public-key', key], { dataDir: directory });
}

function signedAnew(line: string, change: (body: Line) => Line): string {
  const body = JSON.stringify(change(parsed(String(parsed(line)['body']))));
  return JSON.stringify({ ...parsed(line), body, signature: Buffer.from(signer.sign(body)).toString('base64') });
}

/** As somebody would who puts the count right, too. */
function withRecords(all: readonly string[]): string[] {
  const records = all.filter((line) => ['entry', 'removed', 'checkpoint'].includes(String(parsed(line)['type']))).length;
  return all.map((line) => (isOf('end')(line) ? JSON.stringify({ type: 'end', records }) : line));
}
