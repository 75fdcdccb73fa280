// The archive of a run at its door: nothing before the seal, then manifest and files, whole and in ranges, enough to verify it elsewhere.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { completeFolder } from '../../activities/retention/archive-folder.ts';
import { carryRun } from '../../activities/retention/carry-run.ts';
import type { CarryingWorld } from '../../activities/retention/carry-run.ts';
import { createSigner } from '../../db/evidence/sign.ts';
import { createPartFiles } from '../../db/parts/part-files.ts';
import { createPool } from '../../db/pool.ts';
import type { Pool } from '../../db/pool.ts';
import { beginRun } from '../../db/retention/begin-run.ts';
import { certifyRun } from '../../db/retention/certify-run.ts';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { runVerify } from '../harness/run-verify.ts';

let api: TestApi;
let pruner: Pool;
let world: CarryingWorld;
let folder: string;
beforeAll(async () => {
  api = await startTestApi();
  pruner = createPool({ url: api.database.prunerUrl, max: 1 });
  const signer = createSigner(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  world = { ...api.world, pruner, signer, files: createPartFiles(api.world.filesDir) };
  folder = mkdtempSync(join(tmpdir(), 'holdfast-kept-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await pruner.end();
  await api.end();
});

const runs = '/api/v1/enterprise/retention-runs';

interface Fetched {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
}

async function fetched(path: string, token: string, headers: Record<string, string> = {}): Promise<Fetched> {
  const answer = await fetch(`${api.url}${path}`, { headers: { authorization: `Bearer ${token}`, ...headers }, signal: AbortSignal.timeout(10_000) });
  return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) };
}

describe('the archive of a run', () => {
  it('when it is sealed, then what is fetched of it verifies far from here, ranges fit, and nothing else of the folder can be had', async () => {
    const tenantId = 'archives';
    await api.makeTenant(tenantId);
    const token = await tokenFor({ tenantId, userId: 'officer', scope: 'tenant:admin' });
    const post = async (path: string, json: unknown) => (await api.call(path, { method: 'POST', token, json })).body as Record<string, unknown>;
    await post('/api/v1/events', { events: Array.from({ length: 25 }, (_, index) => ({ event_type: 'file.open', share_id: 's1', resource_name: `file ${String(index)}` })) });
    const { id: policyId } = await post('/api/v1/enterprise/retention-policies', { name: 'Away', retention_days: 0, action: 'archive', filter: { event_type: 'file.open' } });
    const { id, action } = await post(`/api/v1/enterprise/retention-policies/${String(policyId)}/run`, {});
    expect(action).toBe('archive');
    const runId = String(id);
    const run = { tenantId, runId };
    const path = `${runs}/${runId}`;
    expect(await api.call(`${path}/manifest`, { token })).toMatchObject({ status: 404 });
    expect(await api.call(`${path}/files/manifest.json`, { token })).toMatchObject({ status: 404 });

    const now = new Date().toISOString();
    await beginRun(api.world.pool, run, now);
    expect(await carryRun(world, { ...run, now, partEntries: 10 })).toEqual({ state: 'over', failure: null });
    await certifyRun(world, run, { failure: null });
    await completeFolder(world, run);

    const { status, body: manifest } = await api.call(`${path}/manifest`, { token });
    expect({ status, rows: manifest.rows, parts: manifest.parts.length }).toEqual({ status: 200, rows: 25, parts: 3 });
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
    const { status: certified, body: certificate } = await api.call(`${path}/certificate`, { token });
    expect({ certified, certificate }).toMatchObject({ certified: 200 });
    writeFileSync(join(folder, 'certificate.json'), JSON.stringify(certificate));
    for (const { name, bytes, sha256 } of [...manifest.parts, manifest.segments]) {
      const file = await fetched(`${path}/files/${String(name)}`, token);
      expect({ status: file.status, bytes: file.bytes.length, type: file.headers.get('content-type'), etag: file.headers.get('etag') }).toEqual({ status: 200, bytes, type: 'application/x-ndjson', etag: `"${String(sha256)}"` });
      expect(createHash('sha256').update(file.bytes).digest('hex')).toBe(sha256);
      writeFileSync(join(folder, String(name)), file.bytes);
    }
    const keyFile = join(folder, 'kept.pem');
    writeFileSync(keyFile, world.signer.key.publicKey);
    const verified = await runVerify(['--archive', folder, '--public-key', keyFile], { dataDir: folder });
    expect({ errors: verified.errors, exitCode: verified.exitCode, lines: verified.lines }).toEqual({ errors: '', exitCode: 0, lines: [expect.stringContaining('25 entries')] });

    const [{ name, bytes }] = manifest.parts as [{ name: string; bytes: number }];
    const whole = (await fetched(`${path}/files/${name}`, token)).bytes;
    const ranged = async (range: string, more: Record<string, string> = {}) => fetched(`${path}/files/${name}`, token, { range, ...more });
    const middle = await ranged('bytes=10-19');
    expect({ status: middle.status, range: middle.headers.get('content-range'), text: middle.bytes.toString() }).toEqual({ status: 206, range: `bytes 10-19/${String(bytes)}`, text: whole.subarray(10, 20).toString() });
    expect((await ranged(`bytes=${String(bytes - 5)}-`)).bytes).toEqual(whole.subarray(-5));
    expect((await ranged('bytes=-7')).bytes).toEqual(whole.subarray(-7));
    expect(await ranged(`bytes=${String(bytes)}-`)).toMatchObject({ status: 416 });
    expect((await ranged('bytes=0-4', { 'if-range': '"of something else"' })).bytes).toEqual(whole);
    for (const odd of ['bytes=5-2', 'lines=1-2', 'bytes=1-2,4-5', 'bytes=-']) expect((await ranged(odd)).status).toBe(200);

    const place = { kind: 'archives', tenantId, id: runId } as const;
    await world.files.write(place, 'litter.ndjson', ['of an attempt that ended\n']);
    expect(await api.call(`${path}/files/litter.ndjson`, { token })).toMatchObject({ status: 404 });
    expect(await api.call(`${path}/files/..%2Fmanifest.json`, { token })).toMatchObject({ status: 404 });
    expect(await fetched(`${path}/files/public-key.pem`, token)).toMatchObject({ status: 200 });
    await completeFolder(world, run);
    expect(await world.files.names(place)).not.toContain('litter.ndjson');
    // Of the reader of the audit log neither this nor the certificate is: they are for those who look after compliance.
    const reader = await tokenFor({ tenantId, userId: 'reader', scope: 'audit:read' });
    expect(await api.call(`${path}/files/${name}`, { token: reader })).toMatchObject({ status: 403 });
  });
});
