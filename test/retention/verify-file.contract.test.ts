// A log with lawful removals in a file, far from its database: its certificates vouch for what is gone, and whatever is changed in the file is named.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signHead } from '../../activities/evidence/sign-head.ts';
import { verifyFile } from '../../bin/verify/verify-file.ts';
import { readWitness } from '../../bin/verify/read-witness.ts';
import { exportStored } from '../../bin/verify/verify-stored.ts';
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
import { freshDatabase } from '../harness/database.ts';
import type { TestDatabase } from '../harness/database.ts';
import { runVerify } from '../harness/run-verify.ts';
import { granted, officerOf } from '../legal-hold/officers.ts';
import { madeRun, seqsWhere } from './made-run.ts';

const clock = { nowMs: () => Date.now() };
const ids = createIds(clock);
const signer = createSigner(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());

let database: TestDatabase;
let store: Store;
let pruner: Pool;
let directory: string;
let tenantId: string;
let runId: string;
let lines: string[];
let witnessPath: string;
let held: number[];

beforeAll(async () => {
  database = await freshDatabase();
  store = await openStore({ appUrl: database.appUrl, clock, onTrouble: () => undefined });
  pruner = createPool({ url: database.prunerUrl, max: 1 });
  directory = mkdtempSync(join(tmpdir(), 'holdfast-verify-'));
  await publishKey(store.pool, signer.key);
  ({ tenantId, runId } = await madeRun({ store, ids, facts: Array.from({ length: 60 }, (_, index) => ({ share_id: index % 4 === 0 ? 'held' : 'free' })) }));
  await signHead({ pool: store.pool, clock, signer }, { tenantId, onSegment: () => undefined });
  witnessPath = await keepCheckpoint();
  granted(await makeHold({ ...store, clock, ids }, officerOf(tenantId), { name: 'Some', items: [{ scope_type: 'share', scope_id: 'held' }] }));
  held = await seqsWhere(store, tenantId, `share_id = 'held'`);
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

async function said(changed: readonly string[]): Promise<string> {
  const path = freshPath();
  writeFileSync(path, `${changed.join('\n')}\n`);
  const heard: string[] = [];
  await verifyFile({ path, witnesses: [await readWitness(witnessPath)], publicKeys: [signer.key.publicKey], say: (line) => heard.push(line) });
  return heard.join('\n');
}

type Line = Readonly<Record<string, unknown>>;
const parsed = (line: string): Line => JSON.parse(line) as Line;
const isOf = (type: string) => (line: string): boolean => parsed(line)['type'] === type;

/** An entry as a removal that the given run would answer for. */
function asRemoved(line: string): string {
  const { type, seq, leaf, link } = parsed(line);
  return type === 'entry' ? JSON.stringify({ type: 'removed', seq, leaf, link, run_id: runId }) : line;
}

describe('the file of a log', () => {
  it('when a run is under way, then what it has removed is said to be uncertified yet', async () => {
    await pruneBatch(pruner, { tenantId, runId, now: new Date().toISOString(), batchEntries: 20 });
    const half = await exported();
    const gone = half.filter(isOf('removed')).length;
    expect(gone).toBeGreaterThan(0);
    expect(await said(half)).toMatch(new RegExp(`: ok: .*${String(gone)} of them removed, their leaves kept; ${String(gone)} by a run that is under way`));
    expect(await said(half.filter((line) => !isOf('run_under_way')(line)))).toMatch(/BAD: first bad seq 3: it was removed by the run .*, which has no certificate/);
  });

  it('when the run has ended, then the file verifies with its certificate, and against a checkpoint that was kept before', async () => {
    while ((await pruneBatch(pruner, { tenantId, runId, now: new Date().toISOString() })).kind === 'removed');
    await certifyRun({ pool: store.pool, clock, ids, signer }, { tenantId, runId }, { failure: null });
    await signHead({ pool: store.pool, clock, signer }, { tenantId, onSegment: () => undefined });
    lines = await exported();
    expect(lines.filter(isOf('certificate'))).toHaveLength(1);
    expect(await said(lines)).toMatch(/: ok: \d+ entries \(45 of them removed, their leaves kept\)/);
    const path = join(directory, 'by-command.ndjson');
    writeFileSync(path, `${lines.join('\n')}\n`);
    const key = join(directory, 'key.pem');
    writeFileSync(key, signer.key.publicKey);
    expect(await runVerify(['--from', path, '--checkpoint', witnessPath, '--public-key', key], { dataDir: directory })).toMatchObject({ exitCode: 0 });
  });

  it.each<[string, RegExp, (all: string[]) => string[]]>([
    ['its certificate is left out', /first bad seq 3: .* has no certificate/, (all) => all.filter((line) => !isOf('certificate')(line))],
    ['its certificate is left out and the run said to be under way', /uncertified|not certified yet/, (all) => all.map((line) => (isOf('certificate')(line) ? JSON.stringify({ type: 'run_under_way', run_id: runId }) : line))],
    ['its certificate is changed', /signature is not valid/, (all) => all.map((line) => (isOf('certificate')(line) ? line.replace('\\"removed\\":45', '\\"removed\\":46') : line))],
    ['one more entry is gone', /certified for other entries/, (all) => all.map((line) => (parsed(line)['seq'] === held[3] ? asRemoved(line) : line))],
    ['two adjacent entries are gone without a trace', /first bad seq \d+/, (all) => withRecords(all.filter((line) => ![lastSeq(all) - 1, lastSeq(all) - 2].includes(Number(parsed(line)['seq']))))],
    ['a leaf is changed', /first bad seq 4/, (all) => all.map((line) => (parsed(line)['seq'] === 4 ? line.replace(/"leaf":"../, '"leaf":"00') : line))],
    ['the end is cut off', /first bad seq|cut off/, (all) => withRecords(all.filter((line) => Number(parsed(line)['seq'] ?? 0) <= 40))],
  ])('when %s, then that is said', async (_name, expected, change) => {
    const answer = await said(change(lines)).catch((error: unknown) => String(error));
    expect(answer).toMatch(expected);
  });
});

function lastSeq(all: readonly string[]): number {
  return Math.max(...all.map((line) => Number(parsed(line)['seq'] ?? 0)));
}

/** As somebody would who puts the count right, too. */
function withRecords(all: readonly string[]): string[] {
  const records = all.filter((line) => ['entry', 'removed', 'checkpoint'].includes(String(parsed(line)['type']))).length;
  return all.map((line) => (isOf('end')(line) ? JSON.stringify({ type: 'end', records }) : line));
}
