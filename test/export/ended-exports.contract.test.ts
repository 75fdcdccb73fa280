// Rows of exports that ended long ago are taken away, those alone, and what the log says of them stays.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { createExportActivities } from '../../activities/export/export.activities.ts';
import { startExportSweeper } from '../../activities/export/sweeper.ts';
import { clearEnded } from '../../db/export/clear-ended.ts';
import { createPool } from '../../db/pool.ts';
import type { Pool } from '../../db/pool.ts';
import { queryAs } from '../../db/tenant-transaction.ts';
import { keepEndedDays, usualKeepDays } from '../../domain/export/limits.ts';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { Answered, TestApi } from '../harness/api.ts';
import { eventually } from '../harness/eventually.ts';
import { freshSigner } from '../retention/made-run.ts';
import { createCarrier } from './carried.ts';
import type { Carrier } from './carried.ts';

const exports = '/api/v1/enterprise/audit/exports';
const dayMs = 86_400_000;
const startMs = Date.now();

let api: TestApi;
let carrier: Carrier;
let owner: Pool;
beforeAll(async () => {
  api = await startTestApi();
  const { pool, filesDir, clock, ids } = api.world;
  carrier = createCarrier({ pool, appUrl: api.database.appUrl, filesDir, clock, ids });
  owner = createPool({ url: api.database.ownerUrl, max: 1 });
});
afterAll(async () => {
  await Promise.all([carrier.end(), owner.end()]);
  await api.end();
});

const call = async (tenantId: string, method: string, path: string, json?: unknown): Promise<Answered> =>
  api.call(path, { method, token: await tokenFor({ tenantId, scope: 'tenant:admin' }), ...(json === undefined ? {} : { json }) });

async function asked(tenantId: string): Promise<string> {
  const { status, body } = await call(tenantId, 'POST', exports, { format: 'csv' });
  expect(status).toBe(202);
  return String(body.id);
}

async function completed(tenantId: string): Promise<string> {
  const exportId = await asked(tenantId);
  await carrier.carry({ tenantId, exportId });
  return exportId;
}

async function cancelled(tenantId: string): Promise<string> {
  const exportId = await asked(tenantId);
  expect(await call(tenantId, 'POST', `${exports}/${exportId}/cancel`)).toMatchObject({ status: 200 });
  return exportId;
}

/** What its workflow does when so many days are over. */
async function lookedAfter(tenantId: string, exportId: string, days: number): Promise<void> {
  const { lookAfterFiles } = createExportActivities({ ...carrier.world, signer: freshSigner(), filesDir: api.world.filesDir, clock: after(days) });
  expect(await lookAfterFiles({ tenantId, exportId })).toEqual({ waitMs: null });
}

/** A minute more than the days, for what the test itself takes. */
const after = (days: number) => ({ nowMs: () => startMs + days * dayMs + 60_000 });
const cleared = (days: number, atMost = 100) => clearEnded({ pool: api.world.pool, clock: after(days) }, { atMost });
const kept = async (tenantId: string): Promise<string[]> => ((await call(tenantId, 'GET', exports)).body.exports as { id: string }[]).map(({ id }) => id);
const countOf = async (tenantId: string): Promise<number> => (await rowsOf(tenantId, 'SELECT 1 FROM audit_export WHERE tenant_id = $1')).length;
const rowsOf = (tenantId: string, text: string): Promise<unknown[]> => queryAs(api.world.pool, tenantId, { text, values: [tenantId] });

describe('when exports have ended long ago', () => {
  it('then their rows and parts go, of every tenant, and nothing before its time; the log still tells of them', async () => {
    await Promise.all(['here', 'there'].map((tenantId) => api.makeTenant(tenantId)));
    const [expired, stopped, elsewhere] = [await completed('here'), await cancelled('here'), await completed('there')];
    // None of these is over: nobody has taken it up, nobody has come to its expiry, its files are still there.
    const [open, unexpired, withFiles] = [await asked('here'), await completed('here'), await cancelled('here')];
    await lookedAfter('here', expired, usualKeepDays);
    await lookedAfter('there', elsewhere, usualKeepDays);
    await lookedAfter('here', stopped, 0);
    const all = await kept('here');
    expect(all).toHaveLength(5);

    expect(await cleared(keepEndedDays - 1)).toBe(0);
    expect(await cleared(keepEndedDays)).toBe(1);
    expect(await kept('here')).toEqual(all.filter((id) => id !== stopped));
    expect(await cleared(keepEndedDays + usualKeepDays - 1)).toBe(0);
    expect(await call('here', 'GET', `${exports}/${expired}/files/part-00001.csv`)).toMatchObject({ status: 410 });
    expect([await cleared(keepEndedDays + usualKeepDays, 1), await cleared(keepEndedDays + usualKeepDays, 1), await cleared(9_999)]).toEqual([1, 1, 0]);

    expect([await kept('here'), await kept('there')]).toEqual([[withFiles, unexpired, open], []]);
    expect(await rowsOf('here', 'SELECT DISTINCT export_id FROM audit_export_part WHERE tenant_id = $1')).toEqual([{ export_id: unexpired }]);
    for (const path of ['', '/manifest', '/files/part-00001.csv']) expect(await call('here', 'GET', `${exports}/${expired}${path}`)).toMatchObject({ status: 404 });
    const told = await rowsOf('here', `SELECT own_action FROM entry WHERE tenant_id = $1 AND resource_id = '${expired}' AND own_action IN ('complete_export', 'expire_export') ORDER BY seq`);
    expect(told).toEqual([{ own_action: 'complete_export' }, { own_action: 'expire_export' }]);
  });

  it('then the worker takes away as many as there are, and goes on after a failure', async () => {
    await api.makeTenant('swept');
    const rows = `INSERT INTO audit_export SELECT (jsonb_populate_record(x, jsonb_build_object('id', x.id || n, 'state', 'cancelled', 'files_removed_at', now(), 'finished_at', now()))).* FROM audit_export x, generate_series(1, 230) n WHERE x.id = $1`;
    await owner.query(rows, [await asked('swept')]);
    expect(await countOf('swept')).toBe(231);
    let fails = true;
    const failing = Object.create(api.world.pool, {
      query: {
        value: (text: string, values: unknown[]) => {
          if (!fails) return api.world.pool.query(text, values);
          fails = false;
          return Promise.reject(new Error('the database is away'));
        },
      },
    }) as Pool;
    const sweeper = startExportSweeper({ pool: failing, clock: after(9_999), log: pino({ level: 'silent' }) }, { everyMs: 10 });
    try {
      await eventually(async () => {
        expect(await countOf('swept')).toBe(1);
      });
    } finally {
      await sweeper.stop();
    }
    expect(fails).toBe(false);
  });

  it('then nobody takes away one that is not over, nor any by hand', async () => {
    await api.makeTenant('guarded');
    const exportId = await completed('guarded');
    for (const table of ['audit_export_part', 'audit_export']) {
      await expect(rowsOf('guarded', `DELETE FROM ${table} WHERE tenant_id = $1`)).rejects.toThrow('permission denied');
      await expect(owner.query(`DELETE FROM ${table} WHERE tenant_id = 'guarded'`)).rejects.toThrow(/an export expires before it is deleted|a part of an export is written once/);
    }
    expect(await kept('guarded')).toEqual([exportId]);
  });
});
