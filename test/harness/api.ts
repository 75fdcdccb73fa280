// The REST door in this process, on a database of the test's own; replies are compared with what the routes document.
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { pino } from 'pino';
import { routes } from '../../api/routes.ts';
import { startApi } from '../../api/start-api.ts';
import type { ApiWorld } from '../../api/world.ts';
import { openApiWorld } from '../../bin/root/api-world.ts';
import { createTenant } from '../../db/tenant/create-tenant.ts';
import type { ModelSetting } from '../../domain/summary/model-setting.ts';
import { freshDatabase } from './database.ts';
import type { TestDatabase } from './database.ts';
import { endsWithFile } from './ends-with-file.ts';
import { testCursorSecret, testSecret } from './test-secret.ts';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // Tests look into answers freely.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- an answer is whatever came, that is what is tested
  readonly body: any;
}

export interface Call {
  readonly method?: string;
  readonly token: string;
  readonly json?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TestApi {
  readonly url: string;
  /** For what else listens there. */
  readonly server: Server;
  readonly world: ApiWorld;
  readonly database: TestDatabase;
  call(path: string, call: Call): Promise<Answered>;
  makeTenant(tenantId: string): Promise<void>;
  end(): Promise<void>;
}

export interface TestApiOptions {
  readonly temporalAddress?: string;
  readonly temporalNamespace?: string;
  readonly rateLimits?: 'on' | 'off';
  readonly identitySecrets?: readonly string[];
  /** Of summaries; none unless given. */
  readonly model?: ModelSetting;
  /** In place of the world's own parts. */
  readonly parts?: Partial<ApiWorld>;
}

export interface TokenSpec {
  readonly tenantId: string;
  readonly userId?: string;
  readonly scope?: string;
  /** Limits the token to these (`workspace:w1`). */
  readonly entities?: readonly string[];
  /** From now on, or the instant itself. */
  readonly expiresIn?: string | Date;
  readonly sessionId?: string;
  readonly email?: string;
}

export function tokenFor({ tenantId, userId = 'admin', scope = '', entities, expiresIn = '1h', sessionId, email }: TokenSpec): Promise<string> {
  return new SignJWT({ tenant_id: tenantId, ...(scope === '' ? {} : { scope }), ...(entities === undefined ? {} : { entities }), ...(sessionId === undefined ? {} : { sid: sessionId }), ...(email === undefined ? {} : { email }) })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId)
    .setIssuedAt()
    .setExpirationTime(expiresIn)
    .sign(new TextEncoder().encode(testSecret));
}

/**
 * Without an address it finds no Temporal, which most of it does not need.
 * Requests are not counted unless asked for: a test is one user with many of them.
 */
export async function startTestApi({ temporalAddress = '127.0.0.1:1', temporalNamespace = 'default', rateLimits = 'off', identitySecrets = [], model, parts = {} }: TestApiOptions = {}): Promise<TestApi> {
  const database = await freshDatabase();
  const filesDir = mkdtempSync(join(tmpdir(), 'holdfast-files-'));
  const opened = await openApiWorld({
    appUrl: database.appUrl,
    filesDir,
    cursorSecret: testCursorSecret,
    tokenTrust: { kind: 'secret', secret: testSecret },
    identitySecrets,
    model: model ?? null,
    temporalAddress,
    temporalNamespace,
    log: pino({ level: 'silent' }),
    withProcessMetrics: false,
    rateLimits,
  });
  const world: ApiWorld = { ...opened.world, ...parts };
  const api = await startApi({ host: '127.0.0.1', port: 0, world, routes, checkReplies: true });
  return {
    url: api.url,
    server: api.server,
    world,
    database,
    async call(path, { method = 'GET', token, json, text, headers = {} }) {
      const body = text ?? (json === undefined ? undefined : JSON.stringify(json));
      const answer = await fetch(`${api.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body }),
        signal: AbortSignal.timeout(25_000),
      });
      const received = await answer.text();
      return { status: answer.status, headers: answer.headers, body: bodyOf(received, answer.headers) };
    },
    async makeTenant(tenantId) {
      await createTenant(world, { tenantId, name: tenantId, operator: null, requestId: null });
    },
    end: endsWithFile(async () => {
      await api.stop();
      await opened.close();
      await database.drop();
      rmSync(filesDir, { recursive: true, force: true });
    }),
  };
}

/** What is no JSON (Markdown, CSV) is looked at as text. */
function bodyOf(received: string, headers: Headers): unknown {
  if (received === '') return null;
  return headers.get('content-type')?.startsWith('application/json') === true ? (JSON.parse(received) as unknown) : received;
}
