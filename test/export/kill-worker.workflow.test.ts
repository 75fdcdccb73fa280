// Real workers that carry an export are killed, and paused past their heartbeat and woken again: Temporal hands the work on, and the files are those of an undisturbed export.
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
import { inTenant } from '../../db/tenant-transaction.ts';
import { exportWish } from '../../domain/export/export.schema.ts';
import type { AuditExport } from '../../domain/export/export.schema.ts';
import type { ManifestPart } from '../../domain/export/manifest.ts';
import { eventually } from '../harness/eventually.ts';
import { isFullSize } from '../harness/fault-rounds.ts';
import { environmentFor, startWorkerProcess } from '../harness/processes.ts';
import type { OurProcess } from '../harness/processes.ts';
import { randomFrom } from '../harness/random-from.ts';
import { testSeed } from '../harness/seed.ts';
import { startJobInstallation } from '../job/job-installation.ts';
import type { JobInstallation } from '../job/job-installation.ts';
import { granted, officerOf } from '../legal-hold/officers.ts';
import { createCarrier } from './carried.ts';

const seed = testSeed();
const random = randomFrom(seed);
const size = { entries: 1_000_000, kills: 20 };
const limitMs = 1_200_000;
/** Each kill costs a heartbeat: too long for every run, in which kill-writer shows the same without Temporal. */
const inFullSize = isFullSize() ? describe : describe.skip;
const tenantId = 'demo';
const filesDir = mkdtempSync(join(tmpdir(), 'holdfast-kill-worker-'));

let here: JobInstallation;
let env: Record<string, string>;
let undisturbed: readonly ManifestPart[];
const workers: OurProcess[] = [];
async function asked(): Promise<string> {
  const { clock, ids } = here.world;
  const wish = exportWish.parse({ format: 'ndjson', filter: { event_type: 'file.create' } });
  return granted(await createExport({ effects: here.store.effects, clock, ids }, officerOf(tenantId), wish)).id;
}

async function read(exportId: string): Promise<AuditExport> {
  const found = await inTenant(here.store.pool, tenantId, (client) => findExport(asking(client), { tenantId, exportId }));
  if (found === null) throw new Error('the export is gone');
  return found;
}

async function partsOf(exportId: string): Promise<ManifestPart[]> {
  const signed = await inTenant(here.store.pool, tenantId, (client) => findManifest(asking(client), { tenantId, exportId }));
  if (signed === null) throw new Error(`export ${exportId} has no manifest`);
  return (JSON.parse(signed.body) as { parts: ManifestPart[] }).parts;
}

async function startWorker(): Promise<OurProcess> {
  const worker = await startWorkerProcess({ env });
  workers.push(worker);
  return worker;
}

const isRunning = (exportId: string) => eventually(async () => (await read(exportId)).state === 'running', { limitMs: 60_000, everyMs: 20 });
const isCompleted = (exportId: string) => eventually(async () => (await read(exportId)).state === 'completed', { limitMs, everyMs: 100 });

inFullSize('when the workers of an export are killed and paused', () => {
  beforeAll(async () => {
    here = await startJobInstallation();
    await here.makeTenant(tenantId);
    await fillLog({ ownerUrl: here.database.ownerUrl, entries: size.entries, months: 2 });
    env = { ...environmentFor({ ownerUrl: here.database.ownerUrl, appUrl: here.database.appUrl, temporalAddress: here.address }), TEMPORAL_NAMESPACE: here.namespace, HOLDFAST_FILES_DIR: filesDir };
    const { pool, clock, ids } = here.world;
    const carrier = createCarrier({ pool, appUrl: here.database.appUrl, filesDir, clock, ids });
    const exportId = await asked();
    await carrier.carry({ tenantId, exportId });
    undisturbed = await partsOf(exportId);
    await carrier.end();
  }, limitMs);
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.kill9()));
    await here.end();
    rmSync(filesDir, { recursive: true, force: true });
  });

  it(`then its files are those of an undisturbed export (a pause past the heartbeat, ${String(size.kills)} kills, ${String(size.entries)} entries, seed ${String(seed)})`, async () => {
    const exportIds = [await asked()];
    const current = (): string => exportIds.at(-1) ?? '';
    const [paused] = exportIds;
    const zombie = await startWorker();
    await isRunning(current());
    await delay(random() * 200);
    process.kill(zombie.pid, 'SIGSTOP');
    let worker = await startWorker();
    for (let killed = 0; killed < size.kills; ) {
      await delay(random() * 15_000);
      if ((await read(current())).state === 'completed') {
        exportIds.push(await asked());
        continue;
      }
      await worker.kill9();
      killed += 1;
      worker = await startWorker();
    }
    // Its successor has begun, or is over already: in either case it wakes up into an export that is no longer its own.
    await eventually(async () => (await here.sql<{ fence: string }>('SELECT fence FROM audit_export WHERE tenant_id = $1 AND id = $2', [tenantId, paused]))[0]?.fence !== '1', { limitMs: 60_000, everyMs: 20 });
    process.kill(zombie.pid, 'SIGCONT');
    for (const exportId of exportIds) {
      await isCompleted(exportId);
      expect(await partsOf(exportId)).toEqual(undisturbed);
      const folder = join(filesDir, 'exports', tenantId, exportId);
      const hashes = await eventually(() => {
        const names = readdirSync(folder).sort((a, b) => (a.slice(a.indexOf('-')) < b.slice(b.indexOf('-')) ? -1 : 1));
        return names.length === undisturbed.length ? names.map((name) => createHash('sha256').update(readFileSync(join(folder, name))).digest('hex')) : null;
      });
      expect(hashes).toEqual(undisturbed.map(({ sha256 }) => sha256));
    }
  }, limitMs);
});
