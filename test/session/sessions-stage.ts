// Where sessions are looked at: an API, a second process beside it, and tenants with tokens of any claims.
import { expect } from '@jest/globals';
import { SignJWT } from 'jose';
import { openStore } from '../../db/store.ts';
import type { Store } from '../../db/store.ts';
import { startTestApi } from '../harness/api.ts';
import type { Answered, TestApi } from '../harness/api.ts';
import { testSecret } from '../harness/test-secret.ts';

let made = 0;

export type Claims = Readonly<Record<string, unknown>>;

export interface SessionsStage {
  readonly api: TestApi;
  /** Another process, as far as admission goes: its own tail, its own memory. */
  readonly other: Store;
  tenant(): Promise<Tenant>;
  end(): Promise<void>;
}

export interface Tenant {
  readonly tenantId: string;
  token(claims?: Claims): Promise<string>;
  /** Any call that asks for nothing but a token that counts. */
  knock(token: string, headers?: Record<string, string>): Promise<Answered>;
  admin(method: string, path: string, json?: unknown): Promise<Answered>;
  sessions(query?: string): Promise<Record<string, unknown>[]>;
}

export const now = () => Math.floor(Date.now() / 1000);

export async function stageSessions(): Promise<SessionsStage> {
  const api = await startTestApi();
  const other = await openStore({ appUrl: api.database.appUrl, clock: { nowMs: () => Date.now() }, onTrouble: () => undefined });
  return {
    api,
    other,
    tenant: () => makeTenant(api),
    async end() {
      await other.close();
      await api.end();
    },
  };
}

async function makeTenant(api: TestApi): Promise<Tenant> {
  made += 1;
  const tenantId = `sessions-${String(made)}`;
  await api.makeTenant(tenantId);
  const token = (claims: Claims = {}): Promise<string> => {
    const all = { tenant_id: tenantId, sub: 'ann', exp: now() + 3_600, iat: now(), ...claims };
    return new SignJWT(JSON.parse(JSON.stringify(all)) as Record<string, unknown>).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(testSecret));
  };
  const boss = await token({ sub: 'boss', sid: 'of-the-boss', scope: 'tenant:admin' });
  const admin = (method: string, path: string, json?: unknown) => api.call(path, { method, token: boss, ...(json === undefined ? {} : { json }) });
  return {
    tenantId,
    token,
    knock: (given, headers = {}) => api.call('/api/v1/sync/devices', { token: given, headers }),
    admin,
    async sessions(query = 'user_id=ann') {
      const { status, body } = await admin('GET', `/api/v1/admin/sessions?${query}`);
      expect(status).toBe(200);
      return body.sessions as Record<string, unknown>[];
    },
  };
}
