// Exports and runs of retention over the same entries: what an export still has to read stays while its lease lasts, and no longer.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asking } from '../../db/access/ask.ts';
import { cancelExport } from '../../db/export/cancel-export.ts';
import { createExport } from '../../db/export/create-export.ts';
import { findExport } from '../../db/export/export-rows.ts';
import { createIds } from '../../db/ids.ts';
import { createPool } from '../../db/pool.ts';
import type { Pool } from '../../db/pool.ts';
import { beginRun } from '../../db/retention/begin-run.ts';
import { commandRun } from '../../db/retention/run-rows.ts';
import { pauseForPin, waitsForPin } from '../../db/retention/wait-for-pin.ts';
import { pruneBatch } from '../../db/retention/prune-batch.ts';
import type { PruneOutcome } from '../../db/retention/prune-batch.ts';
import { openStore } from '../../db/store.ts';
import type { Store } from '../../db/store.ts';
import { inTenant, queryAs } from '../../db/tenant-transaction.ts';
import { exportWish } from '../../domain/export/export.schema.ts';
import type { AuditExport } from '../../domain/export/export.schema.ts';
import { tamper } from '../evidence/tamper.ts';
import { freshDatabase } from '../harness/database.ts';
import type { TestDatabase } from '../harness/database.ts';
import { queryAsOwner } from '../harness/owner-query.ts';
import { granted, officerOf } from '../legal-hold/officers.ts';
import { madeRun, seqsWhere } from '../retention/made-run.ts';
import type { MadeRun } from '../retention/made-run.ts';
import { createCarrier } from './carried.ts';
import type { Carrier } from './carried.ts';

const clock = { nowMs: () => Date.now() };
const ids = createIds(clock);
const filesDir = mkdtempSync(join(tmpdir(), 'holdfast-pins-'));

let database: TestDatabase;
let store: Store;
let pruner: Pool;
let carrier: Carrier;
beforeAll(async () => {
  database = await freshDatabase();
  store = await openStore({ appUrl: database.appUrl, clock, onTrouble: () => undefined });
  pruner = createPool({ url: database.prunerUrl, max: 2 });
  carrier = createCarrier({ pool: store.pool, appUrl: database.appUrl, filesDir, clock, ids });
});
afterAll(async () => {
  await Promise.all([carrier.end(), pruner.end(), store.close()]);
  await database.drop();
  rmSync(filesDir, { recursive: true, force: true });
});

const entries = 60;

function run(): Promise<MadeRun> {
  return madeRun({ store, ids, facts: Array.from({ length: entries }, () => ({ share_id: 'free' })) });
}

const ask = async (tenantId: string): Promise<AuditExport> =>
  granted(await createExport({ effects: store.effects, clock, ids }, officerOf(tenantId), exportWish.parse({ format: 'ndjson', filter: { share_id: 'free' } })));
const prune = (made: MadeRun, more: { afterHoldsWereRead?: () => Promise<void> } = {}): Promise<PruneOutcome> => pruneBatch(pruner, { ...made, now: new Date().toISOString(), batchEntries: 20, ...more });
const lapse = (tenantId: string) => queryAsOwner(database, `UPDATE audit_export SET pinned_until = now() - interval '1 second' WHERE tenant_id = $1`, [tenantId]);

async function read(tenantId: string, { id }: AuditExport): Promise<AuditExport> {
  const found = await inTenant(store.pool, tenantId, (client) => findExport(asking(client), { tenantId, exportId: id }));
  if (found === null) throw new Error('the export is gone');
  return found;
}

describe('a run that comes to what an export has to read', () => {
  it('when the export is open, then nothing goes; when it has ended, then the run goes on', async () => {
    const made = await run();
    const { tenantId } = made;
    const asked = await ask(tenantId);
    expect(await prune(made)).toEqual({ kind: 'pinned' });
    expect(await seqsWhere(store, tenantId, `share_id = 'free'`)).toHaveLength(entries);
    await carrier.carry({ tenantId, exportId: asked.id });
    expect(await read(tenantId, asked)).toMatchObject({ state: 'completed', progress: { rows: entries } });
    expect(await prune(made)).toMatchObject({ kind: 'removed', removed: 20 });
  });

  it('when the export is cancelled, then it pins nothing any more', async () => {
    const made = await run();
    const asked = await ask(made.tenantId);
    expect(await prune(made)).toEqual({ kind: 'pinned' });
    granted(await cancelExport({ effects: store.effects, clock, ids }, officerOf(made.tenantId), asked.id));
    expect(await prune(made)).toMatchObject({ kind: 'removed' });
  });

  it('when the lease has run out and the run has passed, then the export fails and says so, and is not half of what it should be', async () => {
    const made = await run();
    const { tenantId } = made;
    const asked = await ask(tenantId);
    await lapse(tenantId);
    expect(await prune(made)).toMatchObject({ kind: 'removed', removed: 20 });
    await carrier.carry({ tenantId, exportId: asked.id });
    const failed = await read(tenantId, asked);
    expect(failed).toMatchObject({ state: 'failed', progress: { parts: 0 } });
    expect(failed.error).toContain('removed by retention');
    const told = await queryAs<{ outcome: string; category: string }>(store.pool, tenantId, { text: `SELECT outcome, category FROM entry WHERE tenant_id = $1 AND own_action = 'complete_export'`, values: [tenantId] });
    expect(told).toEqual([{ outcome: 'failure', category: 'compliance' }]);
  });

  it('when the lease has run out and nothing has passed, then the export goes on, and pins again', async () => {
    const made = await run();
    const { tenantId } = made;
    const asked = await ask(tenantId);
    await lapse(tenantId);
    let between: PruneOutcome | null = null;
    await carrier.carry({ tenantId, exportId: asked.id }, { partRows: 30, async beforeKeeping() { between ??= await prune(made); } });
    expect(between).toEqual({ kind: 'pinned' });
    expect(await read(tenantId, asked)).toMatchObject({ state: 'completed', progress: { rows: entries, parts: 2 } });
  });

  it('when the lease runs out in the midst and the run passes, then the part that is being written does not count', async () => {
    const made = await run();
    const { tenantId } = made;
    const asked = await ask(tenantId);
    await carrier.carry({ tenantId, exportId: asked.id }, {
      partRows: 30,
      async beforeKeeping(number) {
        if (number !== 2) return;
        await lapse(tenantId);
        await prune(made);
      },
    });
    expect(await read(tenantId, asked)).toMatchObject({ state: 'failed', progress: { parts: 1, rows: 30 } });
  });

  it('when an export is asked for while a batch is under way, then it waits for it, and its seqs are what is left', async () => {
    const made = await run();
    const { tenantId } = made;
    const order: string[] = [];
    let asking: Promise<AuditExport> | null = null;
    const pruned = await prune(made, {
      async afterHoldsWereRead() {
        asking = ask(tenantId).then((answer) => { order.push('asked'); return answer; });
        await queryAs(store.pool, tenantId, { text: 'SELECT pg_sleep(0.2)' });
        order.push('batch goes on');
      },
    });
    expect(pruned).toMatchObject({ kind: 'removed', removed: 20 });
    const asked = await (asking as Promise<AuditExport> | null);
    if (asked === null) throw new Error('nobody asked');
    expect(order).toEqual(['batch goes on', 'asked']);
    expect(await prune(made)).toEqual({ kind: 'pinned' });
    await carrier.carry({ tenantId, exportId: asked.id });
    expect(await read(tenantId, asked)).toMatchObject({ state: 'completed', progress: { rows: entries - 20, of: entries - 20 } });
  });

  it('when a run waits for an export, then it goes on by itself afterwards, unless somebody has paused it by hand', async () => {
    const made = await run();
    const { tenantId } = made;
    const asked = await ask(tenantId);
    const begin = () => beginRun(store.pool, made, new Date().toISOString());
    const stateNow = async () => (await queryAs<{ state: string }>(store.pool, tenantId, { text: 'SELECT state FROM retention_run WHERE tenant_id = $1', values: [tenantId] }))[0]?.state;
    expect(await prune(made)).toEqual({ kind: 'pinned' });
    await pauseForPin(store.pool, made);
    await begin();
    expect({ state: await stateNow(), waits: await waitsForPin(store.pool, made) }).toEqual({ state: 'paused', waits: true });
    await carrier.carry({ tenantId, exportId: asked.id });
    await begin();
    expect({ state: await stateNow(), waits: await waitsForPin(store.pool, made) }).toEqual({ state: 'running', waits: false });

    await ask(tenantId);
    await pauseForPin(store.pool, made);
    granted(await commandRun({ effects: store.effects, pool: store.pool, clock, ids }, officerOf(tenantId), { runId: made.runId, command: 'pause' }));
    await queryAsOwner(database, `UPDATE audit_export SET state = 'cancelled' WHERE tenant_id = $1`, [tenantId]);
    await begin();
    expect({ state: await stateNow(), waits: await waitsForPin(store.pool, made) }).toEqual({ state: 'paused', waits: false });
  });

  it('when the rows are taken away behind everybody’s back, then the export fails instead of being short', async () => {
    const { tenantId } = await run();
    const asked = await ask(tenantId);
    await carrier.carry({ tenantId, exportId: asked.id }, {
      partRows: 20,
      async beforeKeeping(number) {
        if (number === 1) await tamper(database, [`DELETE FROM entry WHERE tenant_id = '${tenantId}' AND seq = 50`]);
      },
    });
    expect(await read(tenantId, asked)).toMatchObject({ state: 'failed', progress: { parts: 2 } });
  });
});
