// `npm run verify` against a real database and a file taken from it: an honest log passes, and whatever a superuser does to one is named.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signHead } from '../../activities/evidence/sign-head.ts';
import { verifyFile as checkFile } from '../../bin/verify/verify-file.ts';
import { latestCheckpoint } from '../../db/evidence/checkpoints.ts';
import { createSigner } from '../../db/evidence/sign.ts';
import { createIds } from '../../db/ids.ts';
import { openStore } from '../../db/store.ts';
import type { Store } from '../../db/store.ts';
import { createTenant } from '../../db/tenant/create-tenant.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import { freshDatabase } from '../harness/database.ts';
import { isFullSize } from '../harness/fault-rounds.ts';
import type { TestDatabase } from '../harness/database.ts';
import { appendEntries } from './append-entries.ts';
import { runVerify } from '../harness/run-verify.ts';
import type { VerifyRun } from '../harness/run-verify.ts';
import { tamper } from './tamper.ts';

const clock = { nowMs: () => Date.now() };
const signer = createSigner(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
const manyEntries = isFullSize() ? 100_000 : 20_000;

let database: TestDatabase;
let store: Store;
let directory: string;

beforeAll(async () => {
  database = await freshDatabase();
  store = await openStore({ appUrl: database.appUrl, clock, onTrouble: () => undefined });
  directory = mkdtempSync(join(tmpdir(), 'holdfast-verify-'));
});
afterAll(async () => {
  await store.close();
  await database.drop();
  rmSync(directory, { recursive: true, force: true });
});

/** A log of so many entries, the first of them the making of its tenant; signed after the given seqs. */
async function makeLog(tenantId: string, { entries = 40, signedAt = [] }: { readonly entries?: number; readonly signedAt?: readonly number[] } = {}): Promise<void> {
  await createTenant({ effects: store.effects, clock, ids: createIds(clock) }, { tenantId, operator: null, requestId: null });
  let written = 1;
  for (const seq of [...signedAt, entries]) {
    await appendEntries(store, { tenantId, count: seq - written });
    written = seq;
    if (signedAt.includes(seq)) await signHead({ pool: store.pool, clock, signer }, { tenantId, onSegment: () => undefined });
  }
}

const verify = (...args: string[]): Promise<VerifyRun> => runVerify(args, { appUrl: database.appUrl, dataDir: directory });
const verifyFile = (path: string, ...args: string[]): Promise<VerifyRun> => runVerify(['--from', path, ...args], { dataDir: directory });

/** The newest checkpoint of a log as the API shows it, kept by somebody elsewhere. */
async function keepCheckpoint(tenantId: string): Promise<string> {
  const latest = await inTenant(store.pool, tenantId, (client) => latestCheckpoint(client, tenantId));
  if (latest === null) throw new Error('nothing was signed');
  const path = join(directory, `${tenantId}.checkpoint.json`);
  writeFileSync(path, JSON.stringify({ body: latest.body, key_id: latest.keyId, signature: Buffer.from(latest.signature).toString('base64') }));
  return path;
}

async function exported(tenantId: string): Promise<string> {
  const path = join(directory, `${tenantId}.ndjson`);
  expect(await verify('--tenant', tenantId, '--export', path)).toMatchObject({ exitCode: 0 });
  return path;
}

describe('when nothing was done to a log', () => {
  it('then it verifies in the database, with its checkpoints, one that was kept, and the key alone', async () => {
    await makeLog('honest', { entries: 40, signedAt: [10, 30] });
    const key = join(directory, 'key.pem');
    writeFileSync(key, signer.key.publicKey);
    const run = await verify('--tenant', 'honest', '--checkpoint', await keepCheckpoint('honest'), '--public-key', key);

    expect(run).toEqual({ exitCode: 0, lines: [expect.stringMatching(/^honest: ok: 40 entries, head [0-9a-f]{64}, checkpoints 2$/)], errors: '' });
  });

  it('then the file it is exported to verifies without a database, to the same head', async () => {
    const stored = await verify('--tenant', 'honest');
    const run = await verifyFile(await exported('honest'), '--checkpoint', await keepCheckpoint('honest'));

    expect([run.exitCode, run.lines]).toEqual([0, stored.lines]);
  });

  it(`then one of ${String(manyEntries)} entries verifies`, async () => {
    await makeLog('many', { entries: manyEntries, signedAt: [manyEntries / 2, manyEntries - 7] });
    const startedMs = performance.now();
    const run = await verify('--tenant', 'many');
    const tookMs = performance.now() - startedMs;
    process.stderr.write(`verified ${String(manyEntries)} entries in ${(tookMs / 1000).toFixed(1)} s\n`);

    expect(run).toMatchObject({ exitCode: 0, lines: [expect.stringMatching(new RegExp(`^many: ok: ${String(manyEntries)} entries, .*checkpoints 2$`))] });
    if (isFullSize()) expect((await verifyFile(await exported('many'))).lines).toEqual(run.lines);
  }, 600_000);
});

describe('when a superuser has had their way with logs', () => {
  const of = (tenantId: string): string => `tenant_id = '${tenantId}'`;
  /** What is done to a log of forty entries, signed at 10 and 30, and what is then said of it. */
  const deeds: Readonly<Record<string, { readonly statements: readonly string[]; readonly said: RegExp }>> = {
    changed: { statements: [`UPDATE entry SET resource_name = 'another' WHERE ${of('changed')} AND seq = 17`], said: /first bad seq 17: .*\(content\)/ },
    'changed-details': { statements: [`UPDATE entry SET details = '{"n": -1}' WHERE ${of('changed-details')} AND seq = 23`], said: /first bad seq 23: .*\(content\)/ },
    backdated: { statements: [`UPDATE entry SET event_time = event_time - interval '1 day' WHERE ${of('backdated')} AND seq = 5`], said: /first bad seq 5: / },
    removed: { statements: [`DELETE FROM entry WHERE ${of('removed')} AND seq = 12`], said: /first bad seq 12: it is not there \(removed\)/ },
    'removed-first': { statements: [`DELETE FROM entry WHERE ${of('removed-first')} AND seq = 1`], said: /first bad seq 1: it is not there \(removed\)/ },
    'removed-and-renumbered': {
      statements: [
        `DELETE FROM entry WHERE ${of('removed-and-renumbered')} AND seq = 12`,
        // Twice, so that no seq is taken at any time.
        `UPDATE entry SET seq = -seq WHERE ${of('removed-and-renumbered')} AND seq > 12`,
        `UPDATE entry SET seq = -seq - 1 WHERE ${of('removed-and-renumbered')} AND seq < 0`,
        `UPDATE tenant_log SET last_seq = 39 WHERE ${of('removed-and-renumbered')}`,
      ],
      said: /first bad seq 12: .*\(removed\)/,
    },
    swapped: {
      statements: [
        `UPDATE entry SET seq = -seq WHERE ${of('swapped')} AND seq IN (20, 21)`,
        `UPDATE entry SET seq = 41 + seq WHERE ${of('swapped')} AND seq < 0`,
      ],
      said: /first bad seq 20: .*\(swapped\)/,
    },
    'swapped-contents': {
      statements: [
        `UPDATE entry e SET resource_name = o.resource_name, details = o.details FROM entry o WHERE e.${of('swapped-contents')} AND o.${of('swapped-contents')} AND (e.seq, o.seq) IN ((14, 15), (15, 14))`,
      ],
      said: /first bad seq 14: .*\(content\)/,
    },
    inserted: { statements: [insertCopy({ tenantId: 'inserted', of: 7, as: 8 })], said: /first bad seq 8: .*\(inserted\)/ },
    'inserted-and-renumbered': {
      statements: [
        `UPDATE entry SET seq = -seq WHERE ${of('inserted-and-renumbered')} AND seq >= 18`,
        `UPDATE entry SET seq = 1 - seq WHERE ${of('inserted-and-renumbered')} AND seq < 0`,
        insertCopy({ tenantId: 'inserted-and-renumbered', of: 3, as: 18 }),
        `UPDATE tenant_log SET last_seq = 41 WHERE ${of('inserted-and-renumbered')}`,
      ],
      said: /first bad seq 18: .*\(inserted\)/,
    },
    'inserted-at-the-end': { statements: [insertCopy({ tenantId: 'inserted-at-the-end', of: 40, as: 41 })], said: /first bad seq 41: / },
    'cut-off': { statements: [`DELETE FROM entry WHERE ${of('cut-off')} AND seq > 25`], said: /first bad seq 26: .*\(truncated\)/ },
    'checkpoint-changed': {
      statements: [`UPDATE checkpoint SET body = replace(body, '"head_seq":30', '"head_seq":29') WHERE ${of('checkpoint-changed')} AND number = 2`],
      said: /first bad seq 11: .*\(signature\)/,
    },
    'checkpoint-removed': { statements: [`DELETE FROM checkpoint WHERE ${of('checkpoint-removed')} AND number = 1`], said: /first bad seq 1: checkpoint 1 is not there.*\(checkpoint\)/ },
  };

  it('then every log that was touched is named with its first bad seq, the others pass, and the exit code tells', async () => {
    for (const tenantId of ['untouched', ...Object.keys(deeds)]) await makeLog(tenantId, { signedAt: [10, 30] });
    await tamper(database, Object.values(deeds).flatMap(({ statements }) => statements));
    const { exitCode, lines } = await verify();
    const saidOf = (tenantId: string): string | undefined => lines.find((line) => line.startsWith(`${tenantId}: `));

    expect(exitCode).toBe(1);
    expect(saidOf('untouched')).toMatch(/^untouched: ok: 40 entries/);
    for (const [tenantId, { said }] of Object.entries(deeds)) {
      expect(saidOf(tenantId)).toMatch(/^[a-z-]+: BAD: /);
      expect(saidOf(tenantId)).toMatch(said);
    }
  }, 60_000);

  it('then a log cut off together with its head and its checkpoints is found out by a checkpoint that was kept', async () => {
    await makeLog('shortened', { signedAt: [10, 30] });
    const kept = await keepCheckpoint('shortened');
    await tamper(database, [
      `DELETE FROM entry WHERE ${of('shortened')} AND seq > 20`,
      `DELETE FROM checkpoint WHERE ${of('shortened')} AND number = 2`,
      `UPDATE tenant_log l SET last_seq = 20, last_link = e.link FROM entry e WHERE l.${of('shortened')} AND e.${of('shortened')} AND e.seq = 20`,
    ]);
    const alone = await verify('--tenant', 'shortened');
    const withKept = await verify('--tenant', 'shortened', '--checkpoint', kept);

    // By itself the rest is a sound log: this is why checkpoints are to be kept elsewhere.
    expect([alone.exitCode, alone.lines]).toEqual([0, [expect.stringMatching(/^shortened: ok: 20 entries/)]]);
    expect([withKept.exitCode, withKept.lines]).toEqual([1, [expect.stringMatching(/BAD: first bad seq 21: .*\(truncated\)/)]]);
  });

  it('then a log that is gone altogether is found out by a checkpoint that was kept', async () => {
    const kept = join(directory, 'honest.checkpoint.json');
    writeFileSync(kept, readFileSync(await keepCheckpoint('honest'), 'utf8'));
    const run = await verify('--tenant', 'untouched', '--checkpoint', kept);

    expect([run.exitCode, run.lines.at(-1)]).toEqual([1, expect.stringMatching(/^honest: BAD: /)]);
  });
});

describe('when the file of a log was touched', () => {
  it.each<[string, (lines: string[]) => string[], RegExp]>([
    ['a fact was changed', (lines) => lines.map((line) => line.replace('"resource_name":"file 11"', '"resource_name":"other"')), /first bad seq 22: .*\(content\)/],
    ['a line was left out', (lines) => lines.filter((line) => !line.includes('"seq":20,')), /first bad seq 20: /],
    ['two lines were exchanged', (lines) => exchanged(lines, [15, 16]), /first bad seq \d+: /],
    ['its end was cut off', (lines) => lines.slice(0, -5), /was cut off or shortened/],
    ['a line is none of ours', (lines) => [...lines.slice(0, 9), '{"type":"entry"}', ...lines.slice(9)], /line 10 cannot be read/],
    ['its beginning is missing', (lines) => lines.slice(1), /does not begin/],
  ])('and %s, then it does not verify', async (_what, spoil, said) => {
    const text = readFileSync(await oneExport(), 'utf8');
    const spoilt = join(directory, 'spoilt.ndjson');
    writeFileSync(spoilt, `${spoil(text.trimEnd().split('\n')).join('\n')}\n`);
    expect(await verdictOn(spoilt)).toMatch(said);
  });

  it('and another key is trusted than the one it was signed with, then it does not verify', async () => {
    const stranger = join(directory, 'stranger.pem');
    writeFileSync(stranger, createSigner(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()).key.publicKey);
    const run = await verifyFile(await oneExport(), '--public-key', stranger);

    expect([run.exitCode, run.lines]).toEqual([1, [expect.stringMatching(/BAD: .*not among those trusted \(signature\)/)]]);
  });

  it('and the program is asked, then its exit code tells', async () => {
    const spoilt = join(directory, 'short.ndjson');
    writeFileSync(spoilt, readFileSync(await oneExport(), 'utf8').slice(0, -200));
    const run = await verifyFile(spoilt);

    expect([run.exitCode, run.errors]).toEqual([1, expect.stringMatching(/BAD: .*(?:cannot be read|cut off)/)]);
  });

  /** Without a process for each: the same code, and what it would print. */
  async function verdictOn(file: string): Promise<string> {
    const said: string[] = [];
    const say = (line: string): void => {
      said.push(line);
    };
    try {
      return (await checkFile({ path: file, witnesses: [], publicKeys: null, say })) ? 'it passed' : said.join('\n');
    } catch (error) {
      return String(error);
    }
  }

  let path: string | null = null;
  async function oneExport(): Promise<string> {
    if (path === null) {
      await makeLog('filed', { signedAt: [10, 30] });
      path = await exported('filed');
    }
    return path;
  }
});

describe('when the arguments do not fit', () => {
  it('then all that is wrong is said, and how it is used', async () => {
    const { exitCode, errors } = await verify('--export', 'x.ndjson', '--from', 'x.ndjson');

    expect(exitCode).toBe(1);
    expect(errors).toMatch(/name its --tenant[^]*exclude each other[^]*npm run verify/);
  });

  it('with a tenant that is not there, then it is not passed over', async () => {
    expect(await verify('--tenant', 'nobody')).toMatchObject({ exitCode: 1, lines: ['nobody: BAD: there is no such log'] });
  });
});

/** A true entry once more, at another place. */
function insertCopy({ tenantId, of, as }: { tenantId: string; of: number; as: number }): string {
  return `DO $body$ DECLARE made entry%ROWTYPE; BEGIN
    SELECT * INTO made FROM entry WHERE tenant_id = '${tenantId}' AND seq = ${String(of)};
    made.seq := ${String(as)};
    INSERT INTO entry VALUES (made.*);
  END $body$`;
}

/** By their places in the file. */
function exchanged(lines: readonly string[], [a, b]: readonly [number, number]): string[] {
  return lines.map((line, place) => (place === a ? (lines[b] ?? line) : place === b ? (lines[a] ?? line) : line));
}
