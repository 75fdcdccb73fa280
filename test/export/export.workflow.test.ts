// The workflow of an export on a real Temporal server: files that stand for themselves, a manifest that can be checked, and an end of the files.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asking } from '../../db/access/ask.ts';
import { cancelExport } from '../../db/export/cancel-export.ts';
import { createExport } from '../../db/export/create-export.ts';
import { findExport, findManifest } from '../../db/export/export-rows.ts';
import { createSignatureCheck } from '../../db/evidence/sign.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import { exportWish } from '../../domain/export/export.schema.ts';
import type { AuditExport } from '../../domain/export/export.schema.ts';
import type { ManifestPart } from '../../domain/export/manifest.ts';
import { isOpen } from '../../domain/job/job.ts';
import { eventually } from '../harness/eventually.ts';
import { done, startJobInstallation } from '../job/job-installation.ts';
import type { JobInstallation } from '../job/job-installation.ts';
import { granted, officerOf } from '../legal-hold/officers.ts';
import { appendFacts } from '../retention/made-run.ts';

let here: JobInstallation;
beforeAll(async () => {
  here = await startJobInstallation();
  await here.work();
});
afterAll(() => here.end());

let tenants = 0;

async function tenantWith(entries: number): Promise<string> {
  tenants += 1;
  const tenantId = `export${String(tenants)}`;
  await here.makeTenant(tenantId);
  const facts = Array.from({ length: entries }, (_, index) => ({ share_id: index % 10 === 0 ? 'tenth' : 'other', resource_name: `=${String(index)}`, details: { index } }));
  await appendFacts(here.store, { tenantId, ids: here.world.ids, facts });
  return tenantId;
}

async function asked(tenantId: string, wish: object): Promise<AuditExport> {
  const { clock, ids } = here.world;
  const made = granted(await createExport({ effects: here.store.effects, clock, ids }, officerOf(tenantId), exportWish.parse(wish)));
  done(await here.rounds()());
  return made;
}

async function read(tenantId: string, exportId: string): Promise<AuditExport> {
  const found = await inTenant(here.store.pool, tenantId, (client) => findExport(asking(client), { tenantId, exportId }));
  if (found === null) throw new Error('the export is gone');
  return found;
}

const ended = (tenantId: string, exportId: string) =>
  eventually(async () => {
    const now = await read(tenantId, exportId);
    return now.state === 'queued' || now.state === 'running' ? null : now;
  }, { limitMs: 20_000 });

const folder = (tenantId: string, exportId: string) => join(here.world.filesDir, 'exports', tenantId, exportId);

async function manifestOf(tenantId: string, exportId: string) {
  const signed = await inTenant(here.store.pool, tenantId, (client) => findManifest(asking(client), { tenantId, exportId }));
  if (signed === null) throw new Error('no manifest');
  return { signed, said: JSON.parse(signed.body) as { rows: number; as_of_seq: number; parts: ManifestPart[] } };
}

describe('an export', () => {
  it('when it is asked for, then its files hold what the log held, and the signed manifest names them', async () => {
    const tenantId = await tenantWith(300);
    const made = await asked(tenantId, { format: 'ndjson', filter: { share_id: 'tenth' } });
    expect(made).toMatchObject({ state: 'queued', as_of_seq: 301, progress: { rows: 0, of: null, bytes: 0, parts: 0 } });
    const over = await ended(tenantId, made.id);
    expect(over).toMatchObject({ state: 'completed', progress: { rows: 30, of: 30, parts: 1 }, error: null });

    const { signed, said } = await manifestOf(tenantId, made.id);
    const { key } = here.world.signer;
    expect(createSignatureCheck([key.publicKey])({ body: signed.body, keyId: key.keyId, signature: Buffer.from(signed.signature, 'base64') })).toBe('good');
    expect(said).toMatchObject({ rows: 30, as_of_seq: 301, filter: { share_id: ['tenth'] }, parts: [{ name: 'part-00001.ndjson', rows: 30 }] });
    const [file = ''] = readdirSync(folder(tenantId, made.id));
    const bytes = readFileSync(join(folder(tenantId, made.id), file));
    expect(said.parts[0]).toMatchObject({ bytes: bytes.byteLength, sha256: createHash('sha256').update(bytes).digest('hex') });
    const lines = bytes.toString().trimEnd().split('\n').map((line) => JSON.parse(line) as { details: { index: number } });
    expect(lines.map(({ details }) => details.index)).toEqual(Array.from({ length: 30 }, (_, index) => index * 10));
    const told = await here.sql<{ own_action: string; category: string }>(`SELECT own_action, category FROM entry WHERE tenant_id = $1 AND resource_type = 'export' ORDER BY seq`, [tenantId]);
    expect(told).toEqual([{ own_action: 'create_export', category: 'compliance' }, { own_action: 'complete_export', category: 'compliance' }]);
  });

  it('when it is compressed, then each file by itself; and when nothing is meant, then one file without rows', async () => {
    const tenantId = await tenantWith(20);
    const csv = await asked(tenantId, { format: 'csv', compress: 'gzip', columns: ['seq', 'resource_name'], filter: { share_id: 'other' } });
    const none = await asked(tenantId, { format: 'json', filter: { share_id: 'nowhere' } });
    await Promise.all([csv, none].map(({ id }) => ended(tenantId, id)));
    const [zipped = ''] = readdirSync(folder(tenantId, csv.id));
    expect(zipped).toMatch(/part-00001\.csv\.gz$/);
    const text = gunzipSync(readFileSync(join(folder(tenantId, csv.id), zipped))).toString();
    expect(text.split('\r\n').slice(0, 3)).toEqual(['seq,resource_name', `3,'=1`, `4,'=2`]);
    const [empty = ''] = readdirSync(folder(tenantId, none.id));
    expect(JSON.parse(readFileSync(join(folder(tenantId, none.id), empty)).toString())).toEqual([]);
    expect((await manifestOf(tenantId, none.id)).said).toMatchObject({ rows: 0, parts: [{ rows: 0 }] });
  });

  it('when its time is over, then nobody fetches its files, they are removed, and its job ends', async () => {
    const tenantId = await tenantWith(5);
    const made = await asked(tenantId, { format: 'csv' });
    await ended(tenantId, made.id);
    await here.sql(`UPDATE audit_export SET expires_at = now() WHERE tenant_id = $1`, [tenantId]);
    // The timer of days is cut short by starting anew: the row decides.
    await here.temporal.workflow.getHandle(`audit_export:${tenantId}:${made.id}`).terminate('a test');
    await eventually(async () => (await here.temporal.workflow.getHandle(`audit_export:${tenantId}:${made.id}`).describe()).status.name === 'TERMINATED');
    done(await here.rounds()());
    await here.until({ tenantId, id: made.id }, (job) => !isOpen(job));
    expect(await read(tenantId, made.id)).toMatchObject({ state: 'expired' });
    expect(() => readdirSync(folder(tenantId, made.id))).toThrow('ENOENT');
    expect(await here.sql(`SELECT 1 FROM entry WHERE tenant_id = $1 AND own_action = 'expire_export'`, [tenantId])).toHaveLength(1);
  });

  it('when it is cancelled, then it ends without files, whoever asked for it may do so, and nobody else who only reads', async () => {
    const tenantId = await tenantWith(5);
    const { clock, ids } = here.world;
    const world = { effects: here.store.effects, clock, ids };
    const made = granted(await createExport(world, officerOf(tenantId), exportWish.parse({ format: 'csv' })));
    const reader = officerOf(tenantId, 'reader');
    const auditor = { ...reader, principal: { ...reader.principal, scopes: new Set(['audit:read']) } };
    expect(await cancelExport(world, auditor, made.id)).toMatchObject({ code: 'FORBIDDEN' });
    expect(granted(await cancelExport(world, officerOf(tenantId), made.id))).toMatchObject({ state: 'cancelled' });
    expect(granted(await cancelExport(world, officerOf(tenantId), made.id))).toMatchObject({ state: 'cancelled' });
    done(await here.rounds()());
    await here.until({ tenantId, id: made.id }, (job) => !isOpen(job));
    expect(await read(tenantId, made.id)).toMatchObject({ state: 'cancelled', progress: { rows: 0, parts: 0 } });
    expect(await here.sql(`SELECT 1 FROM entry WHERE tenant_id = $1 AND own_action = 'cancel_export'`, [tenantId])).toHaveLength(1);
  });
});
