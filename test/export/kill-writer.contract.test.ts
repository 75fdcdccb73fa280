// Writers of an export are killed, paused and woken again beside their successors, and PostgreSQL is killed under them: the files are those of an undisturbed export.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fillLog } from '../../bench/fill-log.ts';
import { asking } from '../../db/access/ask.ts';
import { createExport } from '../../db/export/create-export.ts';
import { findExport, findManifest } from '../../db/export/export-rows.ts';
import { createIds } from '../../db/ids.ts';
import { openStore } from '../../db/store.ts';
import type { Store } from '../../db/store.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import type { PartFiles } from '../../db/parts/part-files.ts';
import { exportWish } from '../../domain/export/export.schema.ts';
import type { ManifestPart } from '../../domain/export/manifest.ts';
import { eventually } from '../harness/eventually.ts';
import { isFullSize } from '../harness/fault-rounds.ts';
import { queryAsOwner } from '../harness/owner-query.ts';
import { randomFrom } from '../harness/random-from.ts';
import { testSeed } from '../harness/seed.ts';
import { startKillablePostgres } from '../journal/killable-postgres.ts';
import type { KillablePostgres } from '../journal/killable-postgres.ts';
import { granted, officerOf } from '../legal-hold/officers.ts';
import { createCarrier } from './carried.ts';
import type { Carrier } from './carried.ts';
import type { WriterOrders } from './writer-process.ts';

const seed = testSeed();
const size = isFullSize() ? { entries: 1_000_000, kills: 20, pauses: 5, mostMs: 1_500 } : { entries: 120_000, kills: 3, pauses: 1, mostMs: 350 };
const partRows = 10_000;
const limitMs = isFullSize() ? 600_000 : 60_000;
/** A tenth of the log, for what needs no size: in parts small enough that there are several. */
const tenth = { filter: { share_id: 'shr_1' }, partRows: 2_500 };
const clock = { nowMs: () => Date.now() };
const ids = createIds(clock);
const tenantId = 'demo';
const filesDir = mkdtempSync(join(tmpdir(), 'holdfast-kill-writer-'));
const writers = new Set<ChildProcess>();

let postgres: KillablePostgres;
let store: Store;
let carrier: Carrier;
let undisturbed: readonly ManifestPart[];
let undisturbedTenth: readonly ManifestPart[];
beforeAll(async () => {
  postgres = await startKillablePostgres();
  await fillLog({ ownerUrl: postgres.ownerUrl, entries: size.entries, months: 2, isIndexed: false });
  store = await openStore({ appUrl: postgres.appUrl, clock, onTrouble: () => undefined });
  carrier = createCarrier({ pool: store.pool, appUrl: postgres.appUrl, filesDir, clock, ids });
  undisturbed = await writtenAtOnce(await asked(), partRows);
  undisturbedTenth = await writtenAtOnce(await asked(tenth.filter), tenth.partRows);
}, limitMs);
afterAll(async () => {
  for (const writer of writers) writer.kill('SIGKILL');
  await carrier.end();
  await store.close();
  await postgres.end();
  rmSync(filesDir, { recursive: true, force: true });
});

async function asked(filter: Readonly<Record<string, string>> = { event_type: 'file.create' }): Promise<string> {
  const wish = exportWish.parse({ format: 'csv', filter });
  return granted(await createExport({ effects: store.effects, clock, ids }, officerOf(tenantId), wish)).id;
}

async function writtenAtOnce(exportId: string, rows: number): Promise<ManifestPart[]> {
  await carrier.carry({ tenantId, exportId }, { partRows: rows });
  return partsOf(exportId);
}

async function stateOf(exportId: string): Promise<string> {
  const found = await inTenant(store.pool, tenantId, (client) => findExport(asking(client), { tenantId, exportId }));
  return found?.state ?? 'absent';
}

async function partsOf(exportId: string): Promise<ManifestPart[]> {
  const signed = await inTenant(store.pool, tenantId, (client) => findManifest(asking(client), { tenantId, exportId }));
  if (signed === null) throw new Error(`export ${exportId} has no manifest`);
  return (JSON.parse(signed.body) as { parts: ManifestPart[] }).parts;
}

/** What lies in the folder: one file for each part, and nothing else. */
function hashesOnDisk(exportId: string): string[] {
  const folder = join(filesDir, 'exports', tenantId, exportId);
  const names = readdirSync(folder).sort((a, b) => (a.slice(a.indexOf('-')) < b.slice(b.indexOf('-')) ? -1 : 1));
  return names.map((name) => createHash('sha256').update(readFileSync(join(folder, name))).digest('hex'));
}

const hashesOf = (parts: readonly ManifestPart[]): string[] => parts.map(({ sha256 }) => sha256);

/** Loaded and waiting for its orders. */
async function spareWriter(): Promise<ChildProcess> {
  const writer = fork(join(import.meta.dirname, 'writer-process.ts'), { stdio: 'ignore' });
  writers.add(writer);
  await said(writer, 'ready');
  return writer;
}

function said(writer: ChildProcess, word: string): Promise<void> {
  return new Promise((resolve, reject) => {
    writer.on('message', (message) => { if (message === word) resolve(); });
    writer.once('exit', () => { reject(new Error(`the writer ended before it said ${word}`)); });
  });
}

function ended(writer: ChildProcess): Promise<void> {
  if (writer.exitCode !== null || writer.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => { writer.once('exit', () => { resolve(); }); });
}

async function order(writer: ChildProcess, exportId: string): Promise<void> {
  const orders: WriterOrders = { appUrl: postgres.appUrl, filesDir, tenantId, exportId, partRows };
  const writing = said(writer, 'writing');
  writer.send(orders);
  await writing;
}

describe('when writers are killed and paused at random moments', () => {
  it(`then the files are those of an undisturbed export (${String(size.kills)} kills, ${String(size.pauses)} pauses, ${String(size.entries)} entries, seed ${String(seed)})`, async () => {
    const random = randomFrom(seed);
    const exportIds = [await asked()];
    const current = (): string => exportIds.at(-1) ?? '';
    const paused: ChildProcess[] = [];
    let killed = 0;
    let spare = spareWriter();
    while (killed + paused.length < size.kills + size.pauses) {
      if ((await stateOf(current())) === 'completed') exportIds.push(await asked());
      const writer = await spare;
      spare = spareWriter();
      await order(writer, current());
      await delay(random() * size.mostMs);
      // One that is over already was neither killed nor paused.
      if (writer.exitCode !== null) continue;
      const pauses = paused.length <= (killed * size.pauses) / size.kills && paused.length < size.pauses;
      writer.kill(pauses ? 'SIGSTOP' : 'SIGKILL');
      if (pauses) paused.push(writer);
      else killed += 1;
    }
    const last = await spare;
    await order(last, current());
    // Some wake up while their successor writes, and all of them before it is looked at.
    for (const zombie of paused) zombie.kill('SIGCONT');
    await Promise.all([last, ...paused].map(ended));
    for (const exportId of exportIds) {
      expect(await stateOf(exportId)).toBe('completed');
      expect(await partsOf(exportId)).toEqual(undisturbed);
      expect(hashesOnDisk(exportId)).toEqual(hashesOf(undisturbed));
    }
  }, limitMs);

  it('when PostgreSQL is killed under the writer, then it goes on when the database is back, and the files are the same', async () => {
    const random = randomFrom(seed + 1);
    const exportId = await asked();
    const writer = await spareWriter();
    await order(writer, exportId);
    await delay(random() * size.mostMs);
    await postgres.kill('everything');
    await postgres.comeBack();
    await ended(writer);
    expect(await eventually(() => stateOf(exportId), { limitMs: 10_000 })).toBe('completed');
    expect(await partsOf(exportId)).toEqual(undisturbed);
    expect(hashesOnDisk(exportId)).toEqual(hashesOf(undisturbed));
  }, limitMs);

  it('when two exports are written at the same time, then each has its own files, all of them', async () => {
    const both = await Promise.all([asked(tenth.filter), asked(tenth.filter)]);
    const written = await Promise.all(both.map((exportId) => writtenAtOnce(exportId, tenth.partRows)));
    expect(written).toEqual([undisturbedTenth, undisturbedTenth]);
  }, limitMs);
});

describe('when a writer of another release wakes up after its successor has begun', () => {
  /** Paused before its second part counts, until its successor has done the same. */
  async function zombieWakes({ fencePutBack }: { fencePutBack: boolean }): Promise<readonly ManifestPart[]> {
    const exportId = await asked(tenth.filter);
    const ref = { tenantId, exportId };
    const asleep = Promise.withResolvers<undefined>();
    const woken = Promise.withResolvers<undefined>();
    const zombie = carrier.carry(ref, {
      partRows: tenth.partRows,
      files: writingOtherwise(carrier.world.files),
      async beforeKeeping(number) {
        if (number !== 1) return;
        asleep.resolve(undefined);
        await woken.promise;
      },
    });
    await asleep.promise;
    await carrier
      .carry(ref, {
        async beforeKeeping(number) {
          if (number !== 1) return;
          if (fencePutBack) await queryAsOwner({ ownerUrl: postgres.ownerUrl }, `ALTER TABLE audit_export DISABLE TRIGGER keeps_its_word`);
          if (fencePutBack) await queryAsOwner({ ownerUrl: postgres.ownerUrl }, `UPDATE audit_export SET fence = 1 WHERE tenant_id = $1 AND id = $2`, [tenantId, exportId]);
          woken.resolve(undefined);
          await zombie;
        },
      });
    return partsOf(exportId);
  }

  it('then nothing it has written is taken', async () => {
    expect(await zombieWakes({ fencePutBack: false })).toEqual(undisturbedTenth);
  }, limitMs);

  it('as a control: with the fence put back, its bytes are taken for those of the export', async () => {
    expect(await zombieWakes({ fencePutBack: true })).not.toEqual(undisturbedTenth);
  }, limitMs);
});

function writingOtherwise(files: PartFiles): PartFiles {
  async function* otherwise(chunks: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>): AsyncGenerator<string | Uint8Array> {
    yield 'another release writes something else\n';
    yield* chunks;
  }
  return { ...files, write: (place, name, chunks) => files.write(place, name, otherwise(chunks)) };
}
