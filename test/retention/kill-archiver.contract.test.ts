// The process that archives and removes is killed, or stopped and left behind, again and again: nothing goes before the seal, nothing is lost, nothing is in the archive twice.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { verifyArchiveFolder } from '../../bin/verify/verify-archive-folder.ts';
import { makeHold } from '../../db/legal-hold/place-hold.ts';
import { beginRun } from '../../db/retention/begin-run.ts';
import { queryAs } from '../../db/tenant-transaction.ts';
import { isFullSize } from '../harness/fault-rounds.ts';
import { randomFrom } from '../harness/random-from.ts';
import { testSeed } from '../harness/seed.ts';
import { granted, officerOf } from '../legal-hold/officers.ts';
import { startActing } from './acting-installation.ts';
import type { ActingInstallation, RunHere } from './acting-installation.ts';
import type { CarrierOrder } from './archive-carrier.ts';
import { seqsWhere } from './made-run.ts';

const seed = testSeed();
const rounds = isFullSize() ? 40 : 4;
const entries = isFullSize() ? 12_000 : 2_000;
const ours = `event_type = 'file.create'`;

let here: ActingInstallation;
const evidenceKeyPem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const left: ChildProcess[] = [];
beforeAll(async () => {
  here = await startActing();
});
afterAll(async () => {
  for (const child of left) child.kill('SIGKILL');
  await here.end();
});

interface Carrier {
  readonly child: ChildProcess;
  readonly begun: Promise<void>;
  /** True when it came to its end. */
  readonly ended: Promise<boolean>;
}

function startCarrier({ tenantId, runId }: RunHere): Carrier {
  const order: CarrierOrder = { appUrl: here.database.appUrl, prunerUrl: here.database.prunerUrl, filesDir: here.filesDir, evidenceKeyPem, tenantId, runId, partEntries: 60, batchEntries: 40 };
  const script = join(import.meta.dirname, 'archive-carrier.ts');
  const child = spawn(process.execPath, [script, JSON.stringify(order)], { env: {}, stdio: ['ignore', 'pipe', 'ignore'] });
  left.push(child);
  let isBegun: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    isBegun = resolve;
  });
  child.stdout.on('data', isBegun);
  const ended = new Promise<boolean>((resolve) => {
    child.once('exit', (code) => {
      isBegun();
      resolve(code === 0);
    });
  });
  return { child, begun, ended };
}

describe('when the process that archives is killed or left behind', () => {
  it(`then the archive holds the plan once, and the log what was not removed (${String(rounds)} rounds, seed ${String(seed)})`, async () => {
    const random = randomFrom(seed);
    const tenantId = await here.makeTenant();
    for (let from = 0; from < entries; from += 1_000) await here.append(tenantId, Array.from({ length: 1_000 }, (_, index) => ({ share_id: index % 20 === 0 ? 'held' : 'free' })));
    const run = await here.start(tenantId, 'archive');
    const planned = await seqsWhere(here.store, tenantId, ours);
    granted(await makeHold({ ...here.store, ...here.world }, officerOf(tenantId), { name: 'Some', items: [{ scope_type: 'share', scope_id: 'held' }] }));
    const held = await seqsWhere(here.store, tenantId, `share_id = 'held'`);
    await beginRun(here.store.pool, run, new Date().toISOString());

    const stopped: Carrier[] = [];
    let killed = 0;
    let isOver = false;
    for (let round = 0; round < rounds && !isOver; round += 1) {
      const carrier = startCarrier(run);
      await carrier.begun;
      await delay(random() * 350);
      if (random() < 0.3) {
        // It seems dead, and wakes when its successor is under way.
        carrier.child.kill('SIGSTOP');
        stopped.push(carrier);
      } else {
        carrier.child.kill('SIGKILL');
        isOver = await carrier.ended;
        killed += isOver ? 0 : 1;
      }
      const { archive } = await here.read(run);
      if (archive?.sealed_at == null) expect(await seqsWhere(here.store, tenantId, ours)).toEqual(planned);
      if (round === rounds - 2) for (const { child } of stopped) child.kill('SIGCONT');
    }
    for (const { child } of stopped) child.kill('SIGCONT');
    await Promise.all(stopped.map(({ ended }) => ended));
    for (let attempts = 0; (await here.read(run)).finished_at === null; attempts += 1) {
      if (attempts === 10) throw new Error('the run does not come to its end');
      await startCarrier(run).ended;
    }
    // Who dies between the certificate and the folder is followed by another attempt of the same step.
    expect(await startCarrier(run).ended).toBe(true);

    expect(killed + stopped.length).toBeGreaterThan(0);
    expect(await seqsWhere(here.store, tenantId, ours)).toEqual(held);
    expect(await here.read(run)).toMatchObject({ state: 'completed', removed: planned.length - held.length, kept: { hold: held.length }, archive: { entries: planned.length } });
    expect(await here.certificate(run)).toMatchObject({ removed: planned.length - held.length, archive: { entries: planned.length } });
    const folder = here.folderOf(run);
    const said: string[] = [];
    expect({ isSound: await verifyArchiveFolder({ folder, certificateFile: null, publicKeys: null, say: (line) => said.push(line) }), said }).toMatchObject({ isSound: true });
    const names = readdirSync(folder).filter((name) => name.startsWith('entries-')).sort();
    const lines = names.flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'));
    expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual(planned);
    expect(await queryAs(here.store.pool, tenantId, { text: `SELECT 1 FROM entry WHERE tenant_id = $1 AND own_action = 'complete_retention_run'`, values: [tenantId] })).toHaveLength(1);
  }, isFullSize() ? 600_000 : 40_000);
});
