// `npm run token`: its arguments, and what it signs.
import { describe, expect, it } from '@jest/globals';
import { jwtVerify } from 'jose';
import { signToken } from '../../bin/tokens/sign-token.ts';
import { readTokenArguments } from '../../bin/tokens/token-arguments.ts';

const secret = 'a secret that is long enough for anybody';
const nowMs = Date.UTC(2026, 0, 1);

describe('the arguments', () => {
  it('when only tenant and user are given, then the token lives for twelve hours and has no scope', () => {
    expect(readTokenArguments(['--tenant', 'acme', '--sub', 'u1'])).toMatchObject({ ok: true, lifetimeSeconds: 12 * 3_600, claims: { tenantId: 'acme', userId: 'u1', scope: undefined } });
  });

  it('when everything is given, then everything is taken', () => {
    const given = ['--tenant', 't', '--sub', 'u', '--scope', 'events:write audit:read', '--expires', '30m', '--email', 'u@example.org', '--name', 'U', '--groups', 'a, b', '--sid', 's1'];

    expect(readTokenArguments(given)).toEqual({
      ok: true,
      lifetimeSeconds: 1_800,
      claims: { tenantId: 't', userId: 'u', scope: 'events:write audit:read', email: 'u@example.org', name: 'U', groups: ['a', 'b'], sessionId: 's1' },
    });
  });

  it('when several are wrong, then all of them are reported at once', () => {
    const result = readTokenArguments(['--tenant', 'no spaces', '--expires', 'soon', '--email', 'nobody']);
    const problems = result.ok ? [] : result.problems;

    expect(problems.map((problem) => problem.split(':')[0]).sort()).toEqual(['--email', '--expires', '--sub', '--tenant']);
  });

  it.each([[['--tenant', 't', '--sub', 'u', '--role', 'admin']], [['--tenant', 't', '--sub', 'u', 'admin']]])('when something unknown is among them, then they are refused: %s', (given) => {
    expect(readTokenArguments(given).ok).toBe(false);
  });
});

describe('a signed token', () => {
  it('when it is verified with the secret, then it says what was asked for', async () => {
    const token = await signToken({ claims: { tenantId: 'acme', userId: 'u1', scope: 'tenant:admin', groups: ['g'], sessionId: 's' }, secret, lifetimeSeconds: 60, nowMs });
    const { payload, protectedHeader } = await jwtVerify(token, new TextEncoder().encode(secret), { currentDate: new Date(nowMs), algorithms: ['HS256'] });

    expect(protectedHeader.alg).toBe('HS256');
    expect(payload).toMatchObject({ tenant_id: 'acme', sub: 'u1', scope: 'tenant:admin', groups: ['g'], sid: 's', iat: nowMs / 1000, exp: nowMs / 1000 + 60 });
    expect(payload.jti).toEqual(expect.any(String));
  });

  it('when it is verified with another secret, then it is refused', async () => {
    const token = await signToken({ claims: { tenantId: 'acme', userId: 'u1' }, secret, lifetimeSeconds: 60, nowMs });

    await expect(jwtVerify(token, new TextEncoder().encode(`${secret}!`), { currentDate: new Date(nowMs) })).rejects.toThrow('signature');
  });
});
