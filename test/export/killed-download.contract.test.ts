// The API is killed in the midst of a download, for real: another process goes on where it broke off, and the whole is what the manifest says.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { fillLog } from '../../bench/fill-log.ts';
import { ensureDemoTenant } from '../../bin/up/demo-tenant.ts';
import { asking } from '../../db/access/ask.ts';
import { createExport } from '../../db/export/create-export.ts';
import { findManifest } from '../../db/export/export-rows.ts';
import { createIds } from '../../db/ids.ts';
import { openStore } from '../../db/store.ts';
import type { Store } from '../../db/store.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import { exportWish } from '../../domain/export/export.schema.ts';
import type { ManifestPart } from '../../domain/export/manifest.ts';
import { tokenFor } from '../harness/api.ts';
import { freshDatabase } from '../harness/database.ts';
import type { TestDatabase } from '../harness/database.ts';
import { environmentFor, startApiProcess } from '../harness/processes.ts';
import type { ApiProcess } from '../harness/processes.ts';
import { granted, officerOf } from '../legal-hold/officers.ts';
import { createCarrier } from './carried.ts';

const clock = { nowMs: () => Date.now() };
const ids = createIds(clock);
const tenantId = 'demo';
const filesDir = mkdtempSync(join(tmpdir(), 'holdfast-download-'));
/** One file of some thirty megabytes: far more than lies between two sockets. */
const entries = 40_000;

let database: TestDatabase;
let store: Store;
let exportId: string;
let part: ManifestPart;
const processes: ApiProcess[] = [];
beforeAll(async () => {
  database = await freshDatabase();
  await ensureDemoTenant({ appUrl: database.appUrl });
  await fillLog({ ownerUrl: database.ownerUrl, entries, months: 1, isIndexed: false });
  store = await openStore({ appUrl: database.appUrl, clock, onTrouble: () => undefined });
  const carrier = createCarrier({ pool: store.pool, appUrl: database.appUrl, filesDir, clock, ids });
  const wish = exportWish.parse({ format: 'ndjson', filter: { event_type: 'file.create' } });
  exportId = granted(await createExport({ effects: store.effects, clock, ids }, officerOf(tenantId), wish)).id;
  await carrier.carry({ tenantId, exportId }, { partRows: entries });
  await carrier.end();
  const signed = await inTenant(store.pool, tenantId, (client) => findManifest(asking(client), { tenantId, exportId }));
  const [first] = (JSON.parse(signed?.body ?? '{}') as { parts: ManifestPart[] }).parts;
  if (first === undefined) throw new Error('nothing was exported');
  part = first;
}, 60_000);
afterAll(async () => {
  await Promise.all(processes.map((running) => running.kill9()));
  await store.close();
  await database.drop();
  rmSync(filesDir, { recursive: true, force: true });
});

async function startApi(): Promise<ApiProcess> {
  const { ownerUrl, appUrl } = database;
  const running = await startApiProcess({ env: { ...environmentFor({ ownerUrl, appUrl, temporalAddress: '127.0.0.1:1' }), HOLDFAST_FILES_DIR: filesDir } });
  processes.push(running);
  return running;
}

it('when the API is killed in the midst of a download, then it goes on at another one, and the whole is what the manifest says', async () => {
  const path = `/api/v1/enterprise/audit/exports/${exportId}/files/${part.name}`;
  const headers = { authorization: `Bearer ${await tokenFor({ tenantId, scope: 'audit:read' })}` };
  const first = await startApi();
  const begun = await fetch(`${first.url}${path}`, { headers });
  const etag = String(begun.headers.get('etag'));
  const got: Uint8Array[] = [];
  try {
    for await (const chunk of begun.body as unknown as AsyncIterable<Uint8Array>) { // the types of fetch know no iterable body
      got.push(chunk);
      if (got.length === 1) await first.kill9();
    }
  } catch {
    // Cut off, as was to be expected.
  }
  const have = Buffer.concat(got);
  expect(have.byteLength).toBeLessThan(part.bytes);
  const second = await startApi();
  const rest = await fetch(`${second.url}${path}`, { headers: { ...headers, range: `bytes=${String(have.byteLength)}-`, 'if-range': etag } });
  expect(rest.status).toBe(206);
  const whole = Buffer.concat([have, Buffer.from(await rest.arrayBuffer())]);
  expect(createHash('sha256').update(whole).digest('hex')).toBe(part.sha256);
}, 60_000);
