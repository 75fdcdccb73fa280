// Guards whether a token still counts, what a sign-in's entry and a user agent tell of a session, and the cursor of the list.
import { describe, expect, it } from '@jest/globals';
import { deviceKindOfAgent } from '../../api/auth/device-kind.ts';
import { judgeAdmission } from '../../domain/access/admission.ts';
import type { Admission } from '../../domain/access/admission.ts';
import { readSessionCursor, sessionCursor } from '../../domain/session/session-cursor.ts';
import { sessionOfLogin } from '../../domain/session/session-of-login.ts';
import { madeFacts } from '../journal/made-facts.ts';

const open: Admission = { standing: 'active', sessionRevoked: false, notBeforeMs: null };
const barredMs = 1_000_500;

describe('judgeAdmission', () => {
  it.each([
    ['nothing was ended', open, { issuedAtSeconds: 1, namesSession: true }, null],
    ['the user is suspended', { ...open, standing: 'suspended' as const }, { issuedAtSeconds: 1 }, 'AUTHZ_USER_SUSPENDED'],
    ['the directory does not know the user', { ...open, standing: 'unknown' as const }, { issuedAtSeconds: 1 }, null],
    ['the session was revoked', { ...open, sessionRevoked: true }, { issuedAtSeconds: 9_999, namesSession: true }, 'AUTH_SESSION_REVOKED'],
    ['it was issued before the bar', { ...open, notBeforeMs: barredMs }, { issuedAtSeconds: 999, namesSession: true }, 'AUTH_SESSION_REVOKED'],
    ['it was issued in the very second of the bar', { ...open, notBeforeMs: barredMs }, { issuedAtSeconds: 1_000 }, 'AUTH_SESSION_REVOKED'],
    ['it was issued at the very instant of the bar', { ...open, notBeforeMs: 1_000_000 }, { issuedAtSeconds: 1_000 }, 'AUTH_SESSION_REVOKED'],
    ['it was issued later', { ...open, notBeforeMs: barredMs }, { issuedAtSeconds: 1_001 }, null],
    ['it says neither when nor which', { ...open, notBeforeMs: barredMs }, { issuedAtSeconds: null }, 'AUTH_SESSION_REVOKED'],
    ['it names a session that was not ended, and no time', { ...open, notBeforeMs: barredMs }, { issuedAtSeconds: null, namesSession: true }, null],
  ] as const)('when %s, then', (_what, admission, token, expected) => {
    expect(judgeAdmission(admission, token)?.code ?? null).toBe(expected);
  });
});

describe('sessionOfLogin', () => {
  const login = madeFacts({ event_type: 'auth.login', session_id: 's1', user_id: 'ann', ip_address: '203.0.113.7', user_agent: 'curl/8' });

  it('when a sign-in succeeded and names its session, then that is one', () => {
    const details = { idp: 'okta', device_kind: 'mobile', expires_at: '2026-05-01T00:00:00+02:00' };
    expect(sessionOfLogin({ ...login, details })).toEqual({
      source: 'login', id: 's1', userId: 'ann', idp: 'okta', deviceKind: 'mobile', ipAddress: '203.0.113.7', at: login.event_time, expiresAt: '2026-04-30T22:00:00Z', userAgent: 'curl/8',
    });
    expect(sessionOfLogin({ ...login, details: { idp: 7, device_kind: 'fridge', expires_at: 'soon' } })).toMatchObject({ idp: null, deviceKind: null, expiresAt: null });
  });

  it('when it failed, names none, or is something else, then it is none', () => {
    for (const different of [{ outcome: 'failure' }, { session_id: null }, { user_id: null }, { event_type: 'auth.logout' }]) expect(sessionOfLogin({ ...login, ...different })).toBeNull();
  });
});

describe('deviceKindOfAgent', () => {
  it.each([
    [null, 'api'],
    ['curl/8.5.0', 'api'],
    ['python-requests/2.32', 'api'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36', 'web'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15', 'web'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', 'web'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1', 'mobile'],
    ['Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36', 'mobile'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) drive/2.1 Chrome/124.0.0.0 Electron/30.0 Safari/537.36', 'desktop'],
    ['Mozilla/5.0', 'api'],
  ])('when the agent is %s, then the device is %s', (agent, kind) => {
    expect(deviceKindOfAgent(agent)).toBe(kind);
  });
});

describe('the cursor of the list', () => {
  it('when written, then it is read back; anything else is refused', () => {
    expect(readSessionCursor(sessionCursor({ id: 'a|b~{}', userId: 'ann' }))).toEqual({ id: 'a|b~{}', userId: 'ann' });
    for (const wrong of ['x', '', '{}', btoa('["a"]'), btoa('[1,2]'), btoa('["\\u0000","a"]')]) expect(readSessionCursor(wrong)).toMatchObject({ code: 'CURSOR_INVALID' });
  });
});
