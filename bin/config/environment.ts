// The environment variables Holdfast reads: their names, their form, their defaults. One schema for every process.
import { createPrivateKey } from 'node:crypto';
import { resolve } from 'node:path';
import { z } from 'zod';
import { isNetwork } from '../../domain/egress/may-reach.ts';

export type TokenTrust =
  | { readonly kind: 'secret'; readonly secret: string }
  | { readonly kind: 'jwks'; readonly url: string; readonly issuer: string; readonly audience: string };

const sharedSecret = z.string().refine((text) => Buffer.byteLength(text) >= 32, 'expected at least 32 bytes');

const postgresUrl = z.string().refine((text) => isPostgresUrl(text), 'expected postgres://user:password@host:port/database');

const loginUrl = postgresUrl.refine((text) => hasLogin(text), 'expected a user and a password in the URL');

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'expected a number from 1 to 65535')
  .transform(Number)
  .refine((value) => value >= 1 && value <= 65_535, 'expected a number from 1 to 65535');

const origins = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .refine((parts) => parts.every(isOrigin), 'expected origins such as https://console.example.org, separated by commas');

const networks = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .refine((parts) => parts.every(isNetwork), 'expected networks such as 10.1.0.0/16, separated by commas');

/** The old one and the new one stand side by side while the sender changes over. */
const secretList = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .refine((parts) => parts.every((part) => Buffer.byteLength(part) >= 16), 'expected secrets of at least 16 bytes, separated by commas');

const evidenceKey = z.string().transform((text, context) => {
  const pem = asEd25519Pem(text);
  if (pem !== null) return pem;
  context.addIssue({ code: 'custom', message: 'expected an Ed25519 private key, as PKCS#8 in PEM form or as the base64 of its DER form' });
  return z.NEVER;
});

export const environmentSchema = z
  .object({
    HOLDFAST_HOST: z.string().default('127.0.0.1'),
    HOLDFAST_PORT: port.default(3100),
    HOLDFAST_DATA_DIR: z.string().default('.holdfast'),
    DATABASE_URL: postgresUrl.optional(),
    HOLDFAST_APP_DATABASE_URL: loginUrl.optional(),
    HOLDFAST_PRUNER_DATABASE_URL: loginUrl.optional(),
    HOLDFAST_CURSOR_SECRET: sharedSecret.optional(),
    HOLDFAST_EVIDENCE_KEY: evidenceKey.optional(),
    HOLDFAST_FILES_DIR: z.string().optional(),
    TEMPORAL_ADDRESS: z
      .string()
      .regex(/^[^\s/:]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/, 'expected host:port')
      .optional(),
    TEMPORAL_NAMESPACE: z.string().optional(),
    HOLDFAST_JWT_SECRET: sharedSecret.optional(),
    HOLDFAST_JWKS_URL: z
      .string()
      .refine((text) => isWebUrl(text), 'expected an http or https URL')
      .optional(),
    HOLDFAST_JWT_ISSUER: z.string().optional(),
    HOLDFAST_JWT_AUDIENCE: z.string().optional(),
    HOLDFAST_SCAIKEY_SECRET: secretList.default([]),
    HOLDFAST_AI_BASE_URL: z
      .string()
      .refine((text) => isPlainWebUrl(text), 'expected an http or https URL without user, query and fragment')
      .optional(),
    HOLDFAST_AI_API_KEY: z.string().regex(/^[\x21-\x7e]+$/, 'expected printable characters without spaces').optional(),
    HOLDFAST_AI_MODEL: z.string().max(200, 'expected at most 200 characters').optional(),
    HOLDFAST_AI_FALLBACK: z.enum(['null', 'extractive'], { error: 'expected null or extractive' }).default('null'),
    HOLDFAST_EGRESS_ALLOW: networks.default([]),
    HOLDFAST_RETENTION_BATCH: z.coerce.number('expected a whole number').int('expected a whole number').min(100, 'expected at least 100').max(100_000, 'expected at most 100000').default(25_000),
    HOLDFAST_CORS_ORIGINS: origins.default([]),
    HOLDFAST_RATE_LIMITS: z.enum(['on', 'off'], { error: 'expected on or off' }).default('on'),
    HOLDFAST_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], { error: 'expected trace, debug, info, warn, error, fatal or silent' }).default('info'),
  })
  .superRefine(
    (raw, context) => {
      for (const [variable, message] of [...tokenTrustProblems(raw), ...modelProblems(raw)]) context.addIssue({ code: 'custom', path: [variable], message });
    },
    // Asked also when single variables are wrong, so that everything is reported at once.
    { when: () => true },
  )
  .transform((raw) => ({
    host: raw.HOLDFAST_HOST,
    port: raw.HOLDFAST_PORT,
    dataDir: resolve(raw.HOLDFAST_DATA_DIR),
    databaseUrl: raw.DATABASE_URL ?? null,
    appDatabaseUrl: raw.HOLDFAST_APP_DATABASE_URL ?? null,
    prunerDatabaseUrl: raw.HOLDFAST_PRUNER_DATABASE_URL ?? null,
    cursorSecret: raw.HOLDFAST_CURSOR_SECRET ?? null,
    evidenceKeyPem: raw.HOLDFAST_EVIDENCE_KEY ?? null,
    filesDir: raw.HOLDFAST_FILES_DIR === undefined ? null : resolve(raw.HOLDFAST_FILES_DIR),
    temporalAddress: raw.TEMPORAL_ADDRESS ?? null,
    temporalNamespace: raw.TEMPORAL_NAMESPACE ?? null,
    tokenTrust: tokenTrust(raw),
    identitySecrets: raw.HOLDFAST_SCAIKEY_SECRET,
    model: modelOf(raw),
    egressAllow: raw.HOLDFAST_EGRESS_ALLOW,
    retentionBatch: raw.HOLDFAST_RETENTION_BATCH,
    corsOrigins: raw.HOLDFAST_CORS_ORIGINS,
    rateLimits: raw.HOLDFAST_RATE_LIMITS,
    logLevel: raw.HOLDFAST_LOG_LEVEL,
  }));

export type Configuration = z.output<typeof environmentSchema>;

interface TrustVariables {
  readonly HOLDFAST_JWT_SECRET?: string | undefined;
  readonly HOLDFAST_JWKS_URL?: string | undefined;
  readonly HOLDFAST_JWT_ISSUER?: string | undefined;
  readonly HOLDFAST_JWT_AUDIENCE?: string | undefined;
}

const jwksVariables = ['HOLDFAST_JWKS_URL', 'HOLDFAST_JWT_ISSUER', 'HOLDFAST_JWT_AUDIENCE'] as const;

function tokenTrustProblems(raw: TrustVariables): [variable: string, problem: string][] {
  const given = jwksVariables.filter((variable) => raw[variable] !== undefined);
  if (given.length === 0) return [];
  if (raw.HOLDFAST_JWT_SECRET !== undefined) return [['HOLDFAST_JWT_SECRET', `cannot stand beside ${given.join(', ')}: tokens are signed one way or the other`]];
  return jwksVariables.filter((variable) => raw[variable] === undefined).map((variable) => [variable, `is needed beside ${given.join(', ')}`]);
}

function tokenTrust(raw: TrustVariables): TokenTrust | null {
  if (raw.HOLDFAST_JWT_SECRET !== undefined) return { kind: 'secret', secret: raw.HOLDFAST_JWT_SECRET };
  const { HOLDFAST_JWKS_URL: url, HOLDFAST_JWT_ISSUER: issuer, HOLDFAST_JWT_AUDIENCE: audience } = raw;
  if (url === undefined || issuer === undefined || audience === undefined) return null;
  return { kind: 'jwks', url, issuer, audience };
}

interface ModelVariables {
  readonly HOLDFAST_AI_BASE_URL?: string | undefined;
  readonly HOLDFAST_AI_API_KEY?: string | undefined;
  readonly HOLDFAST_AI_MODEL?: string | undefined;
}

/** A provider without a key is one on the own machines. */
function modelProblems({ HOLDFAST_AI_BASE_URL: url, HOLDFAST_AI_API_KEY: key, HOLDFAST_AI_MODEL: model }: ModelVariables): [variable: string, problem: string][] {
  if (url === undefined && model === undefined && key === undefined) return [];
  const missing: [string, string | undefined][] = [
    ['HOLDFAST_AI_BASE_URL', url],
    ['HOLDFAST_AI_MODEL', model],
  ];
  return missing.flatMap(([variable, value]) => (value === undefined ? [[variable, 'is needed beside the other HOLDFAST_AI_ variables']] : []));
}

/** Null: summaries are put together from the events alone. */
function modelOf(raw: ModelVariables & { readonly HOLDFAST_AI_FALLBACK: 'null' | 'extractive' }) {
  const { HOLDFAST_AI_BASE_URL: baseUrl, HOLDFAST_AI_API_KEY: apiKey = null, HOLDFAST_AI_MODEL: model, HOLDFAST_AI_FALLBACK: fallback } = raw;
  return baseUrl === undefined || model === undefined ? null : { baseUrl, apiKey, model, fallback };
}

function isPostgresUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && (url.protocol === 'postgres:' || url.protocol === 'postgresql:') && url.hostname !== '';
}

function hasLogin(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && url.username !== '' && url.password !== '';
}

function isWebUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:');
}

function isPlainWebUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && isWebUrl(text) && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
}

function isOrigin(text: string): boolean {
  return isWebUrl(text) && URL.parse(text)?.origin === text;
}

function asEd25519Pem(text: string): string | null {
  try {
    // Many ways of setting a variable cannot carry line breaks and write them as \n.
    const isPem = text.includes('-----BEGIN');
    const key = isPem ? createPrivateKey(text.replaceAll('\\n', '\n')) : createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' });
    return key.asymmetricKeyType === 'ed25519' ? key.export({ type: 'pkcs8', format: 'pem' }).toString() : null;
  } catch {
    return null;
  }
}
