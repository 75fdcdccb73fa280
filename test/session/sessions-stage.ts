// A tenant whose sessions are looked at, with tokens of any claims: shared by the tests of the doors.
import { expect } from '@jest/globals';
import { SignJWT } from 'jose';
import type { Answered, TestApi } from '../harness/api.ts';

export const secret = 'a secret for tests, known to everybody who reads them';

let made = 0;

export type Claims = Readonly<Record<string, unknown>>;

export interface Tenant {
  readonly tenantId: string;
  token(claims?: Claims): Promise<string>;
  /** Any call that asks for nothing but a token that counts. */
  knock(token: string, headers?: Record<string, string>): Promise<Answered>;
  admin(method: string, path: string, json?: unknown): Promise<Answered>;
  sessions(query?: string): Promise<Record<string, unknown>[]>;
}

export const now = () => Math.floor(Date.now() / 1000);

export async function stageSessions(api: TestApi): Promise<Tenant> {
  made += 1;
  const tenantId = `sessions-${String(made)}`;
  await api.makeTenant(tenantId);
  const token = (claims: Claims = {}): Promise<string> => {
    const all = { tenant_id: tenantId, sub: 'ann', exp: now() + 3_600, iat: now(), ...claims };
    return new SignJWT(JSON.parse(JSON.stringify(all)) as Record<string, unknown>).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(secret));
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
