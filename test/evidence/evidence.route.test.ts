// The doors of evidence: keys, checkpoints, and proofs that hold far from the database they came from.
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hexToBytes } from '@noble/hashes/utils.js';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { signHead } from '../../activities/evidence/sign-head.ts';
import { createSigner } from '../../db/evidence/sign.ts';
import { readCheckpointBody } from '../../domain/evidence/checkpoint.ts';
import { provesEntry } from '../../domain/evidence/proof.ts';
import type { EntryProof } from '../../domain/evidence/proof.ts';
import { segmentSize } from '../../domain/evidence/segments.ts';
import { parseInstant } from '../../domain/shared/instant.ts';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { appendEntries } from './append-entries.ts';

const signer = createSigner(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());

let api: TestApi;
let tenants = 0;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(async () => {
  await api.end();
});

interface Log {
  readonly tenantId: string;
  readonly auditor: string;
  sign(): Promise<void>;
  get(path: string, token?: string): ReturnType<TestApi['call']>;
}

async function freshLog({ entries = 0 } = {}): Promise<Log> {
  tenants += 1;
  const tenantId = `e${String(tenants)}`;
  await api.makeTenant(tenantId);
  await appendEntries(api.world, { tenantId, count: entries });
  const auditor = await tokenFor({ tenantId, userId: 'auditor', scope: 'audit:read' });
  return {
    tenantId,
    auditor,
    async sign() {
      expect(await signHead({ pool: api.world.pool, clock: api.world.clock, signer }, { tenantId, onSegment: () => undefined })).toMatchObject({ kind: 'signed' });
    },
    get: (path, token = auditor) => api.call(`/api/v1/evidence/${path}`, { token }),
  };
}

/** As somebody else would check it, who has only the answer and the public key. */
function provedBy(body: Record<string, unknown>): boolean {
  const { seq, recorded_at, salt, facts, path, checkpoint } = body as { seq: number; recorded_at: string; salt: string; facts: string; path: string[]; checkpoint: { body: string; signature: string } };
  const recordedAt = parseInstant(recorded_at);
  if (recordedAt === null) return false;
  const proof: EntryProof = { seq, recordedAt, salt: hexToBytes(salt), facts, path: path.map((node) => hexToBytes(node)), checkpointBody: checkpoint.body };
  const isSigned = verify(null, Buffer.from(checkpoint.body), createPublicKey(signer.key.publicKey), Buffer.from(checkpoint.signature, 'base64'));
  return isSigned && provesEntry({ sha256: nobleSha256, proof });
}

describe('GET /api/v1/evidence/keys', () => {
  it('when somebody without a token asks, then the public keys are given, and never a private one', async () => {
    const { sign } = await freshLog({ entries: 1 });
    await sign();
    const answer = await fetch(`${api.url}/api/v1/evidence/keys`);
    const text = await answer.text();

    expect(answer.status).toBe(200);
    expect(text).not.toContain('PRIVATE');
    expect(JSON.parse(text)).toEqual({ keys: [{ key_id: signer.key.keyId, algorithm: 'Ed25519', public_key: signer.key.publicKey, created_at: expect.stringMatching(/Z$/) }] });
  });
});

describe('GET /api/v1/evidence/checkpoints', () => {
  it('when nothing was signed, then the list is empty and there is no latest one', async () => {
    const { get } = await freshLog();

    expect(await get('checkpoints')).toMatchObject({ status: 200, body: { checkpoints: [], cursor: null, has_more: false } });
    expect(await get('checkpoints/latest')).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } });
  });

  it('when several were signed, then they are listed from the newest, page by page, and the latest one is the first', async () => {
    const { tenantId, sign, get } = await freshLog({ entries: 3 });
    for (let round = 0; round < 5; round += 1) {
      await appendEntries(api.world, { tenantId, count: 2 });
      await sign();
    }
    const numbers: number[] = [];
    let query = '?limit=2';
    for (let more = true; more; ) {
      const { body } = await get(`checkpoints${query}`);
      numbers.push(...(body.checkpoints as { number: number }[]).map(({ number }) => number));
      more = body.has_more as boolean;
      query = `?limit=2&cursor=${String(body.cursor)}`;
    }
    const latest = (await get('checkpoints/latest')).body;

    expect(numbers).toEqual([5, 4, 3, 2, 1]);
    expect(latest).toMatchObject({ number: 5, head_seq: 14, key_id: signer.key.keyId });
    expect(readCheckpointBody(latest.body as string)).toMatchObject({ tenant: tenantId, number: 5, headSeq: 14 });
    expect(await get('checkpoints?cursor=nonsense')).toMatchObject({ status: 400, body: { error: { code: 'CURSOR_INVALID' } } });
  });
});

describe('GET /api/v1/evidence/proofs/{seq}', () => {
  it('when an entry is signed over, then its proof holds offline against the public key, wherever it stands', async () => {
    const entries = segmentSize + 700;
    const { sign, get } = await freshLog({ entries });
    await sign();
    const head = entries + 1;

    for (const seq of [1, 2, segmentSize - 1, segmentSize, segmentSize + 1, segmentSize + 333, head]) {
      const { status, body } = await get(`proofs/${String(seq)}`);
      expect([seq, status, provedBy(body as Record<string, unknown>)]).toEqual([seq, 200, true]);
    }
  });

  it('when any part of a proof is changed, then it no longer holds', async () => {
    const { sign, get } = await freshLog({ entries: 9 });
    await sign();
    const { body } = await get('proofs/5');
    const path = body.path as string[];
    const flipped = (hex: string): string => `${hex.startsWith('0') ? '1' : '0'}${hex.slice(1)}`;
    const forged = [
      { ...body, facts: (body.facts as string).replace('usr_1', 'usr_2') },
      { ...body, seq: 6 },
      { ...body, salt: flipped(body.salt as string) },
      { ...body, recorded_at: '2026-01-01T00:00:00Z' },
      { ...body, path: path.slice(1) },
      { ...body, path: path.map((node, index) => (index === 0 ? flipped(node) : node)) },
      { ...body, checkpoint: { ...body.checkpoint, body: (body.checkpoint.body as string).replace('"number":1', '"number":2') } },
    ];

    expect(provedBy(body as Record<string, unknown>)).toBe(true);
    expect(forged.map((one) => provedBy(one as Record<string, unknown>))).toEqual(forged.map(() => false));
  });

  it('when no checkpoint reaches the entry yet, or there is none, then it is 404', async () => {
    const { tenantId, sign, get } = await freshLog({ entries: 3 });
    await sign();
    await appendEntries(api.world, { tenantId, count: 1 });

    expect(await get('proofs/5')).toMatchObject({ status: 404, body: { error: { message: expect.stringContaining('No checkpoint reaches') } } });
    expect((await get('proofs/6')).status).toBe(404);
    // What cannot be the name of an entry names none.
    expect((await get('proofs/0')).status).toBe(404);
    expect((await get('proofs/x')).status).toBe(404);
  });
});

describe('who may read evidence', () => {
  const paths = ['checkpoints', 'checkpoints/latest', 'proofs/1'];

  it.each([
    ['audit:read', 200],
    ['compliance:manage', 200],
    ['tenant:admin', 200],
    ['events:write', 403],
    ['', 403],
  ])('when the token has the scope "%s", then it is %i', async (scope, status) => {
    const { tenantId, sign, get } = await freshLog({ entries: 1 });
    await sign();
    const token = await tokenFor({ tenantId, userId: 'somebody', scope });

    for (const path of paths) expect([path, (await get(path, token)).status]).toEqual([path, status]);
  });

  it('when the user is suspended, then a good token does not help', async () => {
    const { tenantId, sign, get } = await freshLog({ entries: 1 });
    await sign();
    const admin = await tokenFor({ tenantId, scope: 'tenant:admin' });
    await api.call('/api/v1/directory/users/usr_s', { method: 'PUT', token: admin, json: { email: 's@example.com', name: 'S', status: 'suspended' } });
    const token = await tokenFor({ tenantId, userId: 'usr_s', scope: 'audit:read' });

    for (const path of paths) expect((await get(path, token)).status).toBe(403);
  });

  it('when the token is of another tenant, then it reads its own log only', async () => {
    const mine = await freshLog({ entries: 5 });
    const other = await freshLog();
    await mine.sign();

    expect((await mine.get('checkpoints', other.auditor)).body.checkpoints).toEqual([]);
    expect((await mine.get('checkpoints/latest', other.auditor)).status).toBe(404);
    expect((await mine.get('proofs/3', other.auditor)).status).toBe(404);
  });

  it('when there is no token, then it is 401', async () => {
    for (const path of paths) expect((await fetch(`${api.url}/api/v1/evidence/${path}`)).status).toBe(401);
  });
});
