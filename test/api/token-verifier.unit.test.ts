// Which tokens are right, and that a wrong one learns nothing about why.
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { createTokenVerifier } from '../../api/auth/token-verifier.ts';
import type { TokenVerifier } from '../../api/auth/token-verifier.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import { nowMs, nowSeconds, secret, signToken } from './fake-world.ts';

const clock = { nowMs: () => nowMs };
const verifier = createTokenVerifier({ config: { kind: 'secret', secret }, clock });

async function outcome(token: string, by: TokenVerifier = verifier): Promise<unknown> {
  const verified = await by.verify(token);
  return isRefusal(verified) ? verified.code : verified;
}

function base64url(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
}

function forge({
  header,
  claims,
  signature = '',
}: {
  readonly header: unknown;
  readonly claims?: unknown;
  readonly signature?: string;
}): string {
  return `${base64url(header)}.${base64url(claims ?? { sub: 'u', tenant_id: 't', exp: nowSeconds + 60 })}.${signature}`;
}

describe('with a shared secret', () => {
  it('when every claim is there, then the principal says what they say', async () => {
    const token = await signToken({
      email: 'a@example.com',
      name: 'A',
      groups: ['g1', 'Domain Users'],
      sid: 'sid-1',
      jti: 'jti-1',
      iat: nowSeconds - 10,
      iss: 'https://issuer.example',
      idp: 'okta',
      scope: 'events:write  audit:read ',
      act: { client_id: 'svc', sub: 'other' },
      entities: ['workspace:123'],
      unknown: { left: 'alone' },
    });

    expect(await outcome(token)).toEqual({
      tenantId: 't',
      userId: 'u',
      scopes: new Set(['events:write', 'audit:read']),
      email: 'a@example.com',
      name: 'A',
      groups: ['g1', 'Domain Users'],
      sessionId: 'sid-1',
      namesSession: true,
      issuedAtSeconds: nowSeconds - 10,
      expiresAtSeconds: nowSeconds + 3600,
      serviceAccount: 'svc',
      idp: 'okta',
      entities: ['workspace:123'],
    });
  });

  it('when only the three needed claims are there, then the rest is empty and the session is the hash of the token', async () => {
    const principal = await outcome(await signToken());

    expect(principal).toMatchObject({
      scopes: new Set(),
      email: null,
      groups: [],
      serviceAccount: null,
      idp: null,
      entities: null,
      issuedAtSeconds: null,
      sessionId: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it.each([
    [{ act: { sub: 'svc' } }, { serviceAccount: 'svc' }],
    [{ jti: 'j' }, { sessionId: 'j' }],
    [{ iss: 'issuer' }, { idp: 'issuer' }],
    [
      { email: null, name: null },
      { email: null, name: null },
    ],
    [{ entities: [] }, { entities: [] }],
    [{ scope: '' }, { scopes: new Set() }],
  ])('when the claims are %j, then the principal has %j', async (claims, expected) => {
    expect(await outcome(await signToken(claims))).toMatchObject(expected);
  });

  it.each([
    ['another secret', () => signToken({}, { key: 'another secret, long enough for HS256 as well' })],
    ['another algorithm of the same family', () => signToken({}, { alg: 'HS512' })],
    ['no algorithm', () => forge({ header: { alg: 'none' } })],
    ['no algorithm, spelled otherwise', () => forge({ header: { alg: 'NoNe' } })],
    ['a key of its own', () => forge({ header: { alg: 'HS256', jwk: { kty: 'oct', k: 'AAAA' } }, signature: 'AAAA' })],
    ['an unknown critical header', () => signedBy(secret, { alg: 'HS256', crit: ['x'], x: 1 })],
    ['the type of a narrower token', () => signedBy(secret, { alg: 'HS256', typ: 'holdfast-room+jwt' })],
    ['two parts', () => 'a.b'],
    ['no parts', () => 'x'],
    ['nothing', () => ''],
    ['a body that is no JSON', () => signedBy(secret, { alg: 'HS256' }, 'no json')],
    ['more than 8 KiB', () => signToken({ padding: 'x'.repeat(9_000) })],
    ['no sub', () => signToken({ sub: undefined })],
    ['no tenant', () => signToken({ tenant_id: undefined })],
    ['no expiry', () => signToken({ exp: undefined })],
    ['an expiry as text', () => signToken({ exp: String(nowSeconds + 60) })],
    ['a tenant as number', () => signToken({ tenant_id: 5 })],
    ['a tenant as list', () => signToken({ tenant_id: ['t'] })],
    ['a tenant that is no id', () => signToken({ tenant_id: "t' OR 1=1" })],
    ['an empty sub', () => signToken({ sub: '' })],
    ['a sub that is too long', () => signToken({ sub: 'u'.repeat(65) })],
    ['scopes as list', () => signToken({ scope: ['*'] })],
    ['an actor as text', () => signToken({ act: 'svc' })],
    ['entities as text', () => signToken({ entities: 'workspace:1' })],
    ['entities that are null', () => signToken({ entities: null })],
    ['an entity without a kind', () => signToken({ entities: ['123'] })],
    ['a session with white space', () => signToken({ sid: 'a b' })],
    ['an e-mail as number', () => signToken({ email: 1 })],
    ['a time that has not come', () => signToken({ nbf: nowSeconds + 60 })],
  ])('when a token has %s, then it is invalid, in always the same words', async (_what, make) => {
    const refused = await verifier.verify(await make());

    expect(refused).toEqual({ kind: 'refused', code: 'AUTH_TOKEN_INVALID', message: 'The bearer token is not valid.' });
  });

  it.each([
    [-6, 'AUTH_TOKEN_EXPIRED'],
    [-5, 'AUTH_TOKEN_EXPIRED'],
  ])('when it expired %i seconds from now, then it is %s', async (seconds, code) => {
    expect(await outcome(await signToken({ exp: nowSeconds + seconds }))).toBe(code);
  });

  it('when it expired less than five seconds ago, then clocks may differ by that', async () => {
    expect(await outcome(await signToken({ exp: nowSeconds - 4 }))).toMatchObject({ userId: 'u' });
  });

  it.each([undefined, 'JWT', 'jwt', 'at+jwt', 'application/at+jwt'])('when its type is %s, then it is a token of a user', async (typ) => {
    expect(await outcome(signedBy(secret, { alg: 'HS256', ...(typ === undefined ? {} : { typ }) }))).toMatchObject({ userId: 'u' });
  });
});

describe('a token seen before', () => {
  it('when it comes again, then it is answered at once, until it expires', async () => {
    let atMs = nowMs;
    const remembering = createTokenVerifier({ config: { kind: 'secret', secret }, clock: { nowMs: () => atMs } });
    const token = await signToken({ exp: nowSeconds + 60 });
    const first = await remembering.verify(token);

    expect(remembering.verify(token)).toBe(first);
    atMs += 65_000;
    expect(await outcome(token, remembering)).toBe('AUTH_TOKEN_EXPIRED');
  });

  it('when it was refused, then it is not remembered', async () => {
    const token = await signToken({}, { key: 'another secret, long enough for HS256 as well' });
    await verifier.verify(token);

    expect(verifier.verify(token)).toBeInstanceOf(Promise);
  });

  it('when more come than are remembered, then the one not used for longest is verified anew', async () => {
    const small = createTokenVerifier({ config: { kind: 'secret', secret }, clock, rememberedTokens: 2 });
    const [a, b, c] = await Promise.all([signToken({ sub: 'a' }), signToken({ sub: 'b' }), signToken({ sub: 'c' })]);
    await small.verify(a);
    await small.verify(b);
    await small.verify(a);
    await small.verify(c);

    expect(isRemembered(small, a)).toBe(true);
    expect(isRemembered(small, b)).toBe(false);
  });
});

describe("with an issuer's keys", () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ed = generateKeyPairSync('ed25519');
  const claims = { sub: 'u', tenant_id: 't', exp: nowSeconds + 60, iss: 'https://issuer.example', aud: 'holdfast' };
  const keys = [
    { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'rsa', alg: 'RS256' },
    { ...ec.publicKey.export({ format: 'jwk' }), kid: 'ec', alg: 'ES256' },
    { ...ed.publicKey.export({ format: 'jwk' }), kid: 'ed', alg: 'EdDSA' },
  ];

  function signedWith(kid: 'rsa' | 'ec' | 'ed', own: Readonly<Record<string, unknown>> = {}): string {
    const alg = { rsa: 'RS256', ec: 'ES256', ed: 'EdDSA' }[kid];
    const text = `${base64url({ alg, kid })}.${base64url({ ...claims, ...own })}`;
    const signature = {
      rsa: () => sign('sha256', Buffer.from(text), rsa.privateKey),
      ec: () => sign('sha256', Buffer.from(text), { key: ec.privateKey, dsaEncoding: 'ieee-p1363' }),
      ed: () => sign(null, Buffer.from(text), ed.privateKey),
    }[kid]();
    return `${text}.${signature.toString('base64url')}`;
  }

  async function withIssuer(
    work: (issuer: { readonly verifier: TokenVerifier; readonly fetches: () => number }) => Promise<void>,
    answer: { readonly body?: string; readonly status?: number } = {},
  ): Promise<void> {
    let fetches = 0;
    const server = createServer((_request, response) => {
      fetches += 1;
      response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', connection: 'close' });
      response.end(answer.body ?? JSON.stringify({ keys }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/jwks`;
    try {
      const config = { kind: 'jwks', url, issuer: 'https://issuer.example', audience: 'holdfast' } as const;
      await work({ verifier: createTokenVerifier({ config, clock }), fetches: () => fetches });
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  }

  it.each(['rsa', 'ec', 'ed'] as const)('when a token is signed with the %s key, then it is right', async (kid) => {
    await withIssuer(async (issuer) => {
      expect(await outcome(signedWith(kid), issuer.verifier)).toMatchObject({ userId: 'u', idp: 'https://issuer.example' });
    });
  });

  it.each([
    ['another issuer', () => signedWith('rsa', { iss: 'https://evil.example' })],
    ['no issuer', () => signedWith('rsa', { iss: undefined })],
    ['another audience', () => signedWith('rsa', { aud: 'another' })],
    ['no audience', () => signedWith('rsa', { aud: undefined })],
    ['an unknown key', () => signedWith('rsa').replace(/^[^.]+/, base64url({ alg: 'RS256', kid: 'unknown' }))],
    ['a shared secret', () => signToken(claims)],
    [
      'the public key taken for a secret',
      () => signedBy(rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString(), { alg: 'HS256', kid: 'rsa' }, claims),
    ],
    ['a changed claim', () => signedWith('ec').replace(/\.[^.]+\./, `.${base64url({ ...claims, sub: 'admin' })}.`)],
    ['no algorithm', () => forge({ header: { alg: 'none', kid: 'rsa' }, claims })],
  ])('when a token has %s, then it is invalid', async (_what, make) => {
    await withIssuer(async (issuer) => {
      expect(await outcome(await make(), issuer.verifier)).toBe('AUTH_TOKEN_INVALID');
    });
  });

  it('when many tokens come, known keys and unknown ones, then the keys are fetched once', async () => {
    await withIssuer(async ({ verifier: byIssuer, fetches }) => {
      await Promise.all([signedWith('rsa'), signedWith('ec'), signedWith('ed')].map(async (token) => byIssuer.verify(token)));
      for (let round = 0; round < 5; round += 1) {
        await byIssuer.verify(signedWith('rsa').replace(/^[^.]+/, base64url({ alg: 'RS256', kid: `unknown-${String(round)}` })));
      }

      expect(fetches()).toBe(1);
    });
  });

  it.each([
    ['answers with an error', { status: 500 }],
    ['answers with no JSON', { body: '<html>' }],
    ['answers without an end in sight', { body: `{"keys":[], "x": "${'x'.repeat(2 * 1024 * 1024)}"}` }],
  ])('when the issuer %s, then it is a failure, not a verdict about the token', async (_what, answer) => {
    await withIssuer(async (issuer) => {
      await expect(issuer.verifier.verify(signedWith('rsa'))).rejects.toThrow('the token could not be checked');
    }, answer);
  });
});

function signedBy(key: string, header: unknown, claims: unknown = { sub: 'u', tenant_id: 't', exp: nowSeconds + 60 }): string {
  const text = `${base64url(header)}.${base64url(claims)}`;
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
}

function isRemembered(by: TokenVerifier, token: string): boolean {
  return !(by.verify(token) instanceof Promise);
}
