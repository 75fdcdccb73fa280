// Guards that what is refused, what fails and what is only looked at leaves its one entry, and that recording never costs the answer.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { noRecorder } from '../../db/own-action/recorder.ts';
import type { OwnActionRecorder } from '../../db/own-action/recorder.ts';
import { queryAs } from '../../db/tenant-transaction.ts';
import type { RateLimits } from '../../domain/rate-limit/rate-limits.ts';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { Answered, TestApi } from '../harness/api.ts';

let api: TestApi;
let made = 0;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(async () => {
  await api.end();
});

interface Recorded {
  readonly own_action: string;
  readonly outcome: string;
  readonly resource_id: string | null;
  readonly user_id: string | null;
  readonly request_id: string;
  readonly ip_address: string | null;
  readonly user_agent: string | null;
  readonly activity: readonly string[];
  readonly details: Readonly<Record<string, unknown>>;
}

interface Tenant {
  readonly tenantId: string;
  call(method: string, path: string, call?: { scope?: string; userId?: string; json?: unknown; headers?: Record<string, string>; entities?: string[] }): Promise<Answered>;
  recorded(): Promise<Recorded[]>;
}

async function tenant(): Promise<Tenant> {
  made += 1;
  const tenantId = `own-${String(made)}`;
  await api.makeTenant(tenantId);
  return {
    tenantId,
    async call(method, path, { scope = 'tenant:admin', userId = 'boss', json, headers = {}, entities } = {}) {
      const token = await tokenFor({ tenantId, userId, scope, ...(entities === undefined ? {} : { entities }) });
      return api.call(path, { method, token, headers, ...(json === undefined ? {} : { json }) });
    },
    recorded: () =>
      queryAs<Recorded>(api.world.pool, tenantId, {
        text: `SELECT own_action, outcome, resource_id, user_id, request_id, ip_address, user_agent, activity, details FROM entry
          WHERE tenant_id = $1 AND seq > 1 ORDER BY seq`,
        values: [tenantId],
      }),
  };
}

const user = { email: 'u@example.com', name: 'U' };

describe('when a call is refused', () => {
  it('then one entry tells who tried what, and from where', async () => {
    const { call, recorded } = await tenant();
    const { status } = await call('PUT', '/api/v1/directory/users/u1', {
      scope: 'audit:read',
      userId: 'eve',
      json: user,
      headers: { 'x-request-id': 'mine', 'user-agent': 'a browser' },
    });
    expect(status).toBe(403);
    expect(await recorded()).toEqual([
      {
        own_action: 'update_user',
        outcome: 'denied',
        resource_id: 'u1',
        user_id: 'eve',
        request_id: 'internal_req_mine',
        ip_address: '127.0.0.1',
        user_agent: 'a browser',
        activity: [],
        details: {
          outcome_code: 'ACCESS_DENIED',
          refused_with: 'FORBIDDEN',
          reason: expect.stringContaining('events:write'),
          request: {
            method: 'PUT',
            path: '/api/v1/directory/users/u1',
            role: 'auditor',
            auth_ms: expect.any(Number),
            action_ms: expect.any(Number),
          },
        },
      },
    ]);
  });

  it('then also where the directory refuses what the scope would allow', async () => {
    const { call, recorded } = await tenant();
    const { status } = await call('PUT', '/api/v1/directory/users/u1', { json: user, entities: ['org:o1'] });
    expect(status).toBe(403);
    expect(await recorded()).toMatchObject([{ own_action: 'update_user', outcome: 'denied', details: { outcome_code: 'ACCESS_DENIED' } }]);
  });

  it('then "not there" counts as refused for whom it may mean "not for you", and as failed for an administrator', async () => {
    const { call, recorded } = await tenant();
    const preference = { mode: 'full', include_paths: [], exclude_paths: [] };
    const path = '/api/v1/sync/preferences?share_id=shr_x&device_id=dev_1';
    expect((await call('PUT', path, { scope: '', userId: 'u1', json: preference })).status).toBe(404);
    expect((await call('DELETE', '/api/v1/directory/users/nobody')).status).toBe(404);
    expect(await recorded()).toMatchObject([
      { own_action: 'update_sync_preference', outcome: 'denied', resource_id: 'dev_1', details: { outcome_code: 'ENTITY_NOT_FOUND' } },
      { own_action: 'delete_user', outcome: 'failure', resource_id: 'nobody', details: { outcome_code: 'USER_DELETE_NOT_FOUND' } },
    ]);
  });

  it('then nothing is written for a token that is no token, nor for values that do not fit', async () => {
    const { call, recorded } = await tenant();
    const { status } = await api.call('/api/v1/directory/users/u1', { method: 'PUT', token: 'nonsense', json: user });
    expect(status).toBe(401);
    expect((await call('PUT', '/api/v1/directory/users/u1', { json: { name: 7 } })).status).toBe(422);
    expect(await recorded()).toEqual([]);
  });
});

describe('when refused calls flood in', () => {
  it('then they are counted like all others, and what is beyond the limit is not written', async () => {
    const { call, recorded } = await tenant();
    const { limits } = api.world;
    const standing = { dimension: 'token' as const, points: 3, windowSeconds: 60, remaining: 0, resetAtMs: 0 };
    let left = 3;
    const three: RateLimits = {
      take: () => {
        left -= 1;
        return Promise.resolve(left < 0 ? { kind: 'exhausted' as const, standing, retryAfterSeconds: 1 } : { kind: 'passed' as const, standing });
      },
    };
    Object.assign(api.world, { limits: three });
    try {
      const statuses: number[] = [];
      for (let index = 0; index < 6; index += 1) statuses.push((await call('PUT', '/api/v1/directory/users/u1', { scope: '', json: user })).status);
      expect(statuses).toEqual([403, 403, 403, 429, 429, 429]);
    } finally {
      Object.assign(api.world, { limits });
    }
    expect(await recorded()).toHaveLength(3);
  });
});

describe('when an allowed call fails', () => {
  it('then one entry says so, and the answer is the one it would have been', async () => {
    const { call, recorded } = await tenant();
    const { effects } = api.world;
    Object.assign(api.world, { effects: { run: () => Promise.reject(new Error('made to fail')) } });
    try {
      expect((await call('PUT', '/api/v1/directory/users/u1', { json: user })).status).toBe(500);
    } finally {
      Object.assign(api.world, { effects });
    }
    expect(await recorded()).toMatchObject([{ own_action: 'update_user', outcome: 'failure', details: { outcome_code: 'USER_UPDATE_ERROR' } }]);
  });
});

describe('when a call succeeds', () => {
  it('then an effect has its one entry from its own transaction', async () => {
    const { call, recorded } = await tenant();
    await call('PUT', '/api/v1/directory/users/u1', { json: user });
    expect(await recorded()).toMatchObject([{ own_action: 'create_user', outcome: 'success', details: { request: { method: 'PUT', role: 'admin' } } }]);
  });

  it('then a look has its one entry, with what was asked but not the words that were searched for', async () => {
    const { call, recorded } = await tenant();
    expect((await call('GET', '/api/internal-audit-logs?search=needle&limit=5', { scope: 'audit:read' })).status).toBe(200);
    expect(await recorded()).toMatchObject([{ own_action: 'view_internal_audit', outcome: 'success', activity: [] }]);
    const [entry] = await recorded();
    expect(entry?.details['query']).toEqual({ limit: '5' });
  });

  it('then looking does not make this or another process ask for rights anew', async () => {
    const { call, tenantId } = await tenant();
    const log = await api.world.tail.watch(tenantId);
    await call('GET', '/api/internal-audit-logs');
    const before = log?.rightsGeneration;
    for (let index = 0; index < 5; index += 1) await call('GET', '/api/internal-audit-logs');
    await call('PUT', '/api/v1/directory/users/u1', { scope: '', json: user });
    expect(log?.rightsGeneration).toBe(before);
    await call('PUT', '/api/v1/directory/users/u1', { json: user });
    expect(log?.rightsGeneration).toBeGreaterThan(before ?? 0);
  });
});

describe('when recording goes wrong', () => {
  async function withRecorder(recorder: Partial<OwnActionRecorder>, work: () => Promise<void>): Promise<void> {
    const kept = api.world.recorder;
    Object.assign(api.world, { recorder });
    try {
      await work();
    } finally {
      Object.assign(api.world, { recorder: kept });
    }
  }

  it('then a recorder that throws changes no answer', async () => {
    const { call } = await tenant();
    const throws = { record: () => Promise.reject(new Error('made to fail')) };
    await withRecorder(throws, async () => {
      expect((await call('GET', '/api/internal-audit-logs')).status).toBe(200);
      expect((await call('PUT', '/api/v1/directory/users/u1', { scope: '', json: user })).status).toBe(403);
    });
  });

  it('then a recorder that hangs holds the answer up for a moment only', async () => {
    const { call } = await tenant();
    const hangs = { record: () => new Promise<void>(() => undefined) };
    await withRecorder(hangs, async () => {
      const startedAt = performance.now();
      expect((await call('GET', '/api/internal-audit-logs')).status).toBe(200);
      expect(performance.now() - startedAt).toBeLessThan(2_000);
    });
  });

  it('as a control: with recording switched off, a refused call leaves no trace, and the tests above would notice', async () => {
    const { call, recorded } = await tenant();
    await withRecorder(noRecorder, async () => {
      await call('PUT', '/api/v1/directory/users/u1', { scope: '', json: user });
      await call('GET', '/api/internal-audit-logs');
    });
    expect(await recorded()).toEqual([]);
  });
});
