// An archive: written, read back and sealed before anything goes; verified from its files alone; and whatever is changed in it is found.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { signHead } from '../../activities/evidence/sign-head.ts';
import { verifyArchiveFolder } from '../../bin/verify/verify-archive-folder.ts';
import { queryAs } from '../../db/tenant-transaction.ts';
import { makeHold } from '../../db/legal-hold/place-hold.ts';
import { pruneBatch } from '../../db/retention/prune-batch.ts';
import type { RunCommand } from '../../domain/retention/decide-run.ts';
import { granted, officerOf } from '../legal-hold/officers.ts';
import { startActing } from './acting-installation.ts';
import type { ActingInstallation, RunHere } from './acting-installation.ts';
import { seqsWhere } from './made-run.ts';

let here: ActingInstallation;
beforeAll(async () => {
  here = await startActing();
});
afterAll(() => here.end());

const ours = `event_type = 'file.create'`;

/** A log of so many entries, every tenth of a share of its own, and a run that archives all of it. */
async function archiving({ entries }: { entries: number }): Promise<RunHere> {
  const tenantId = await here.makeTenant();
  const facts = Array.from({ length: entries }, (_, index) => ({ share_id: index % 10 === 0 ? 'tenth' : 'rest' }));
  for (let from = 0; from < facts.length; from += 2_000) await here.append(tenantId, facts.slice(from, from + 2_000));
  return here.start(tenantId, 'archive');
}

async function carried(run: RunHere, partEntries = 100): Promise<void> {
  expect(await here.carry(run, { partEntries })).toEqual({ state: 'over', failure: null });
  await here.certify(run);
}

/** Said between the file and its row. */
function atSecondPart(run: RunHere, command: RunCommand): (number: number) => Promise<void> {
  return async (number) => {
    if (number === 2) granted(await here.command(run, command));
  };
}

interface Verified {
  readonly isSound: boolean;
  readonly said: string;
}

async function verify(folder: string, more: { publicKeys?: readonly string[]; certificateFile?: string } = {}): Promise<Verified> {
  const said: string[] = [];
  const isSound = await verifyArchiveFolder({ folder, certificateFile: more.certificateFile ?? null, publicKeys: more.publicKeys ?? null, say: (line) => said.push(line) });
  return { isSound, said: said.join('\n') };
}

const entryFiles = (folder: string): string[] => readdirSync(folder).filter((name) => name.startsWith('entries-')).sort();

describe('a run that archives', () => {
  it('when a hold came after the plan, then what is held is in the archive and stays in the log', async () => {
    const run = await archiving({ entries: 100 });
    granted(await makeHold({ ...here.store, ...here.world }, officerOf(run.tenantId), { name: 'Late', items: [{ scope_type: 'share', scope_id: 'tenth' }] }));
    await carried(run);
    expect(await here.read(run)).toMatchObject({ removed: 90, kept: { hold: 10 }, archive: { entries: 100 } });
    expect(await seqsWhere(here.store, run.tenantId, ours)).toHaveLength(10);
    expect((await verify(here.folderOf(run))).isSound).toBe(true);
  });

  it('when it is sealed, then neither its rows nor its parts can be changed', async () => {
    const run = await archiving({ entries: 10 });
    await carried(run);
    const refused = (text: string) => expect(queryAs(here.store.pool, run.tenantId, { text, values: [run.tenantId] })).rejects.toThrow('a sealed archive stays as it is');
    await refused(`UPDATE retention_archive SET fence = fence + 1 WHERE tenant_id = $1`);
    await refused(`DELETE FROM retention_archive_part WHERE tenant_id = $1`);
    await refused(`INSERT INTO retention_archive_part SELECT tenant_id, run_id, 99, 'x', seqs, last_seq, entries, bytes, sha256 FROM retention_archive_part WHERE tenant_id = $1`);
  });

  it('when its run is cancelled before the seal, then nothing goes and no file is left', async () => {
    const run = await archiving({ entries: 50 });
    expect(await here.carry(run, { partEntries: 20, afterPartWasWritten: atSecondPart(run, 'cancel') })).toEqual({ state: 'over', failure: null });
    expect(await here.certify(run)).toEqual({ outcome: 'cancelled', removed: 0 });
    expect(await seqsWhere(here.store, run.tenantId, ours)).toHaveLength(50);
    expect(await here.world.files.names({ kind: 'archives', tenantId: run.tenantId, id: run.runId })).toEqual([]);
    expect(await here.certificate(run)).toMatchObject({ outcome: 'cancelled', archive: null });
  });

  it('when it is paused in the middle and resumed, then it goes on after the parts that count', async () => {
    const run = await archiving({ entries: 50 });
    expect(await here.carry(run, { partEntries: 20, afterPartWasWritten: atSecondPart(run, 'pause') })).toEqual({ state: 'waiting', failure: null });
    expect(await here.read(run)).toMatchObject({ state: 'paused', archive: { parts: 1, entries: 20, sealed_at: null } });
    granted(await here.command(run, 'resume'));
    await carried(run, 20);
    expect(await here.read(run)).toMatchObject({ removed: 50, archive: { parts: 3, entries: 50 } });
    expect((await verify(here.folderOf(run))).isSound).toBe(true);
  });
});

describe('an archive of a full segment', () => {
  const changes: readonly Change[] = [
    ['the hashes beside are others', (folder) => { edit(folder, segmentsOf(folder), (text) => text.replace(/"beside":\["../, '"beside":["00')); }, 'do not lead to its root'],
    ['the root of a segment is another', (folder) => { edit(folder, segmentsOf(folder), (text) => text.replace(/"root":".../, '"root":"000')); }, 'do not lead to its root'],
    ['the certificate names another root', (folder) => { edit(folder, 'certificate.json', (text) => text.replace(/\\"root\\":\\".../, '\\"root\\":\\"000')); }, 'the certificate is not signed'],
  ];

  let run: RunHere;
  let planned: number[];
  let looked = 0;
  let whole = '';
  beforeAll(async () => {
    run = await archiving({ entries: 4_300 });
    const { tenantId } = run;
    await signHead(here.world, { tenantId, onSegment: () => undefined });
    planned = await seqsWhere(here.store, tenantId, ours);
    const beforeSealing = async (): Promise<void> => {
      looked += 1;
      expect(await seqsWhere(here.store, tenantId, ours)).toEqual(planned);
      // Whoever tries to remove in the name of this run before its archive is sealed is refused by the database.
      await expect(pruneBatch(here.world.pruner, { ...run, now: new Date().toISOString() })).rejects.toThrow('refused outside a registered run');
    };
    expect(await here.carry(run, { partEntries: 1_000, beforeSealing })).toEqual({ state: 'over', failure: null });
    expect(await here.certify(run)).toEqual({ outcome: 'completed', removed: 4_300 });
    whole = here.folderOf(run);
  }, 60_000);

  it('when it is carried out, then nothing goes before the seal, all of it goes after it, and the archive leads to the roots of the certificate', async () => {
    const { tenantId } = run;
    expect(looked).toBe(1);
    expect(await seqsWhere(here.store, tenantId, ours)).toEqual([]);

    const shown = await here.read(run);
    expect(shown).toMatchObject({ action: 'archive', state: 'completed', removed: 4_300, archive: { parts: 5, entries: 4_300 }, quarantine: null });
    const folder = here.folderOf(run);
    expect(entryFiles(folder)).toHaveLength(5);
    const certificate = await here.certificate(run);
    expect(certificate).toMatchObject({ action: 'archive', removed: 4_300, archive: { entries: 4_300 }, segments: [{ number: 1 }] });
    expect(await verify(folder, { publicKeys: [here.world.signer.key.publicKey] })).toEqual({ isSound: true, said: expect.stringContaining('4300 entries, roots of 1 segments, as its certificate says') });
    // What is in it is the plan, each entry once and in its order.
    const lines = entryFiles(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'));
    expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual(planned);
  });

  it.each(changes)('when %s, then it is said', async (_name, change, said) => {
    const folder = copyOf(whole);
    change(folder);
    expect(await verify(folder)).toEqual({ isSound: false, said: expect.stringContaining(said) });
  });
});

describe('attempts that end badly', () => {
  it('when an attempt that seemed dead goes on beside its successor, then what it writes counts for nothing', async () => {
    const run = await archiving({ entries: 60 });
    const { attempt: zombie, wake } = await stuckAtSecondPart(run);
    await carried(run, 25);
    wake();
    // The run is over by now: the one that comes late finds nothing to do.
    expect(await zombie).toEqual({ state: 'over', failure: null });
    expect(await here.read(run)).toMatchObject({ removed: 60, archive: { parts: 3, entries: 60 } });
    expect((await verify(here.folderOf(run))).isSound).toBe(true);
    const [row] = await queryAs<{ entries: number; seqs: number }>(here.store.pool, run.tenantId, {
      text: `SELECT sum(entries)::int AS entries, (SELECT count(DISTINCT g.seq)::int FROM retention_archive_part a, unnest(a.seqs) AS r (seqs), generate_series(lower(r.seqs), upper(r.seqs) - 1) AS g (seq) WHERE a.tenant_id = $1) AS seqs
        FROM retention_archive_part WHERE tenant_id = $1`,
      values: [run.tenantId],
    });
    expect(row).toEqual({ entries: 60, seqs: 60 });
  });

  it('when it goes on while its successor is about to seal, then it finds itself fenced off', async () => {
    const run = await archiving({ entries: 60 });
    const { attempt: zombie, wake } = await stuckAtSecondPart(run);
    const beforeSealing = async (): Promise<void> => {
      wake();
      await expect(zombie).rejects.toThrow('another attempt writes the archive now');
    };
    expect(await here.carry(run, { partEntries: 15, beforeSealing })).toEqual({ state: 'over', failure: null });
    await here.certify(run);
    expect(await here.read(run)).toMatchObject({ removed: 60, archive: { parts: 4, entries: 60 } });
    expect(await verify(here.folderOf(run))).toMatchObject({ isSound: true });
  });

  it('when a part of an unsealed archive is lost, then it is written again; when one of a sealed archive is, then nothing is removed', async () => {
    const run = await archiving({ entries: 60 });
    const broken = (at: string) => () => Promise.reject(new Error(at));
    await expect(here.carry(run, { partEntries: 20, beforeSealing: broken('before the seal') })).rejects.toThrow('before the seal');
    const folder = here.folderOf(run);
    rmSync(join(folder, entryFiles(folder)[1] ?? ''));
    let isNearlySealed = false;
    const dying = {
      partEntries: 20,
      beforeSealing: () => {
        isNearlySealed = true;
        return Promise.resolve();
      },
      onProgress: () => {
        // The next sign of life after it is that of the first batch.
        if (isNearlySealed) throw new Error('died after the seal');
      },
    };
    await expect(here.carry(run, dying)).rejects.toThrow('died after the seal');
    expect((await here.read(run)).archive?.sealed_at).not.toBeNull();
    expect((await verify(folder)).isSound).toBe(true);
    expect(await seqsWhere(here.store, run.tenantId, ours)).toHaveLength(60);

    const [first = ''] = entryFiles(folder);
    writeFileSync(join(folder, first), readFileSync(join(folder, first), 'utf8').replace('"rest"', '"best"'));
    const over = await here.carry(run);
    expect(over).toEqual({ state: 'over', failure: expect.stringContaining('is not as it was recorded') });
    expect(await here.certify(run, over.failure)).toEqual({ outcome: 'failed', removed: 0 });
    expect(await seqsWhere(here.store, run.tenantId, ours)).toHaveLength(60);
  });
});

/** An attempt that seems dead when it has written its second part, until it is woken. */
async function stuckAtSecondPart(run: RunHere): Promise<{ attempt: ReturnType<ActingInstallation['carry']>; wake: () => void }> {
  const stuck = Promise.withResolvers<undefined>();
  const reached = Promise.withResolvers<undefined>();
  const attempt = here.carry(run, {
    partEntries: 20,
    async afterPartWasWritten(number) {
      if (number !== 2) return;
      reached.resolve(undefined);
      await stuck.promise;
    },
  });
  await reached.promise;
  return { attempt, wake: () => { stuck.resolve(undefined); } };
}

let copies = 0;
/** To be changed. */
function copyOf(sound: string): string {
  copies += 1;
  const folder = `${sound}-copy-${String(copies)}`;
  cpSync(sound, folder, { recursive: true });
  return folder;
}

function edit(folder: string, name: string, change: (text: string) => string): void {
  const path = join(folder, name);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

const lines = (change: (lines: string[]) => string[]) => (text: string) => change(text.split('\n')).join('\n');
const first = (folder: string): string => entryFiles(folder)[0] ?? '';
const segmentsOf = (folder: string): string => readdirSync(folder).find((name) => name.startsWith('segments')) ?? '';

type Change = readonly [name: string, change: (folder: string) => void, said: string];

describe('an archive that was changed', () => {
  let sound = '';
  beforeAll(async () => {
    const run = await archiving({ entries: 200 });
    await carried(run, 100);
    sound = here.folderOf(run);
    expect(await verify(sound)).toMatchObject({ isSound: true });
  });

  const changes: readonly Change[] = [
    ['an entry says something else', (folder) => { edit(folder, first(folder), (text) => text.replace('"rest"', '"best"')); }, 'is not as it was recorded'],
    ['an entry is gone', (folder) => { edit(folder, first(folder), lines((all) => all.toSpliced(5, 1))); }, 'holds 99 entries'],
    ['two entries are exchanged', (folder) => { edit(folder, first(folder), lines(([a = '', b = '', c = '', ...more]) => [a, c, b, ...more])); }, 'stands behind a later one'],
    ['an entry is there twice', (folder) => { edit(folder, first(folder), lines((all) => [all[0] ?? '', ...all])); }, 'stands behind a later one'],
    ['a line is no entry', (folder) => { edit(folder, first(folder), lines((all) => all.toSpliced(3, 1, '{}'))); }, 'line 4 holds no entry'],
    ['the end is cut off', (folder) => { edit(folder, first(folder), (text) => text.slice(0, -200)); }, 'holds no entry'],
    ['a part is not there', (folder) => { rmSync(join(folder, first(folder))); }, 'is not there'],
    ['something is added behind a line', (folder) => { edit(folder, first(folder), (text) => text.replace('}\n', '} \n')); }, 'its sum is another'],
    ['the manifest names fewer', (folder) => { edit(folder, 'manifest.json', (text) => text.replace('\\"rows\\":200', '\\"rows\\":199')); }, 'the signature of the manifest is not valid'],
  ];

  it.each(changes)('when %s, then it is said', async (_name, change, said) => {
    const folder = copyOf(sound);
    change(folder);
    expect(await verify(folder)).toEqual({ isSound: false, said: expect.stringContaining(said) });
  });

  it('when it is another’s key, or the certificate of another run, then it is said', async () => {
    const stranger = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();
    expect(await verify(sound, { publicKeys: [stranger] })).toMatchObject({ isSound: false, said: expect.stringContaining('not among those trusted') });
    const other = await archiving({ entries: 10 });
    await carried(other);
    expect(await verify(sound, { certificateFile: join(here.folderOf(other), 'certificate.json') })).toMatchObject({ isSound: false, said: expect.stringContaining('of another run') });
  });
});
