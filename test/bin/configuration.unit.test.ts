// The environment as configuration: everything wrong is said at once, and nothing secret is ever said.
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { describeProblems, readConfiguration } from '../../bin/config/read-configuration.ts';
import type { ConfigurationResult } from '../../bin/config/read-configuration.ts';

const secret = 'a secret that is long enough for anybody';

function problemsOf(result: ConfigurationResult): Record<string, string> {
  return result.ok ? {} : Object.fromEntries(result.problems.map(({ variable, problem }) => [variable, problem]));
}

describe('the configuration', () => {
  it('when nothing is set, then every default holds', () => {
    const result = readConfiguration({});

    expect(result).toMatchObject({
      ok: true,
      unknown: [],
      configuration: {
        host: '127.0.0.1',
        port: 3100,
        databaseUrl: null,
        appDatabaseUrl: null,
        temporalAddress: null,
        tokenTrust: null,
        identitySecrets: [],
        corsOrigins: [],
        logLevel: 'info',
      },
    });
    expect(result.ok && result.configuration.dataDir.endsWith('/.holdfast')).toBe(true);
  });

  it('when several variables are wrong, then all of them are reported at once', () => {
    const result = readConfiguration({
      HOLDFAST_PORT: '70000',
      DATABASE_URL: 'mysql://somewhere/else',
      HOLDFAST_APP_DATABASE_URL: 'postgres://127.0.0.1/holdfast',
      HOLDFAST_CURSOR_SECRET: 'short',
      HOLDFAST_EVIDENCE_KEY: 'no key',
      TEMPORAL_ADDRESS: 'http://temporal:7233',
      HOLDFAST_JWKS_URL: 'ftp://keys.example.org',
      HOLDFAST_CORS_ORIGINS: 'https://a.example.org, https://b.example.org/path',
      HOLDFAST_LOG_LEVEL: 'loud',
    });

    expect(Object.keys(problemsOf(result)).sort()).toEqual(
      [
        'DATABASE_URL',
        'HOLDFAST_APP_DATABASE_URL',
        'HOLDFAST_CORS_ORIGINS',
        'HOLDFAST_CURSOR_SECRET',
        'HOLDFAST_EVIDENCE_KEY',
        'HOLDFAST_JWKS_URL',
        'HOLDFAST_JWT_AUDIENCE',
        'HOLDFAST_JWT_ISSUER',
        'HOLDFAST_LOG_LEVEL',
        'HOLDFAST_PORT',
        'TEMPORAL_ADDRESS',
      ].sort(),
    );
  });

  it('when a secret is wrong, then the report names the variable and shows nothing of its value', () => {
    const values = {
      HOLDFAST_JWT_SECRET: 'hunter2hunter2',
      HOLDFAST_CURSOR_SECRET: 'correct horse',
      HOLDFAST_EVIDENCE_KEY: '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw\n-----END PRIVATE KEY-----',
      DATABASE_URL: 'postgres//owner:swordfish@db/holdfast',
    };
    const result = readConfiguration(values);
    if (result.ok) throw new Error('none of these values can be used');

    const report = describeProblems(result.problems);
    for (const [variable, value] of Object.entries(values)) {
      expect(report).toContain(variable);
      expect(report).not.toContain(value);
    }
    expect(report).not.toMatch(/hunter2|horse|MC4C|swordfish/);
  });

  it.each([['HOLDFAST_JWT_SECRET'], ['HOLDFAST_CURSOR_SECRET']])('when %s has 31 bytes, then it is refused; with 32 it is taken', (variable) => {
    expect(problemsOf(readConfiguration({ [variable]: 'x'.repeat(31) }))).toHaveProperty(variable);
    expect(readConfiguration({ [variable]: 'x'.repeat(32) }).ok).toBe(true);
  });

  it('when a token secret stands beside an issuer of its own, then one of them has to go', () => {
    const result = readConfiguration({
      HOLDFAST_JWT_SECRET: secret,
      HOLDFAST_JWKS_URL: 'https://id.example.org/keys',
      HOLDFAST_JWT_ISSUER: 'https://id.example.org',
      HOLDFAST_JWT_AUDIENCE: 'holdfast',
    });

    expect(problemsOf(result)).toEqual({ HOLDFAST_JWT_SECRET: expect.stringContaining('one way or the other') });
  });

  it('when the keys of an issuer are given in full, then tokens are trusted by them', () => {
    const result = readConfiguration({ HOLDFAST_JWKS_URL: 'https://id.example.org/keys', HOLDFAST_JWT_ISSUER: 'https://id.example.org', HOLDFAST_JWT_AUDIENCE: 'holdfast' });

    expect(result.ok && result.configuration.tokenTrust).toEqual({ kind: 'jwks', url: 'https://id.example.org/keys', issuer: 'https://id.example.org', audience: 'holdfast' });
  });

  it('when a variable is empty, then it counts as not set', () => {
    const result = readConfiguration({ HOLDFAST_PORT: '', HOLDFAST_JWT_SECRET: '  ', DATABASE_URL: '' });

    expect(result).toMatchObject({ ok: true, configuration: { port: 3100, tokenTrust: null, databaseUrl: null } });
  });

  it('when a variable of ours is misspelt, then it is named', () => {
    const result = readConfiguration({ HOLDFAST_CORS_ORIGIN: 'https://a.example.org', PATH: '/bin' });

    expect(result).toMatchObject({ ok: true, unknown: ['HOLDFAST_CORS_ORIGIN'] });
  });

  it('when the evidence key comes as PEM, as PEM on one line or as base64, then it is the same key', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const forms = [pem, pem.replaceAll('\n', '\\n'), privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64')];

    for (const form of forms) {
      const result = readConfiguration({ HOLDFAST_EVIDENCE_KEY: form });
      expect(result.ok && result.configuration.evidenceKeyPem).toBe(pem);
    }
  });

  it('when the evidence key is of another kind, then it is refused', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

    expect(problemsOf(readConfiguration({ HOLDFAST_EVIDENCE_KEY: rsa }))).toHaveProperty('HOLDFAST_EVIDENCE_KEY');
  });
});
