// A small world for the REST door: a known clock, counted ids, one secret, a gate that admits who is listed.
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { SignJWT } from 'jose';
import type { AccessGate } from '../../api/auth/access-gate.ts';
import { createTokenVerifier } from '../../api/auth/token-verifier.ts';
import { createMetrics } from '../../api/metrics.ts';
import { createDependencies } from '../../api/ops/dependencies.ts';
import type { DependencyProbe } from '../../api/ops/dependencies.ts';
import type { ApiWorld } from '../../api/world.ts';
import { noRecorder } from '../../db/own-action/recorder.ts';
import { noSessionNotes } from '../../db/session/session-notes.ts';
import { noRateLimits } from '../../domain/rate-limit/rate-limits.ts';
import type { RateLimits } from '../../domain/rate-limit/rate-limits.ts';
import { refuse } from '../../domain/shared/refusal.ts';

export const nowMs = Date.UTC(2026, 3, 23, 10, 15, 2);
export const nowSeconds = nowMs / 1000;
export const secret = 'a secret that only this test knows, long enough for HS256';

export interface FakeWorld extends ApiWorld {
  /** Every line the log has got so far. */
  readonly logLines: string[];
  moveClockTo(ms: number): void;
}

export interface FakeWorldParts {
  readonly probes?: readonly DependencyProbe[];
  readonly probeLimitMs?: number;
  readonly access?: AccessGate;
  readonly limits?: RateLimits;
  readonly isUnreachable?: (failure: unknown) => boolean;
}

export function createFakeWorld({
  probes = [],
  probeLimitMs = 2_000,
  access = admitsTenantT,
  limits = noRateLimits,
  isUnreachable = () => false,
}: FakeWorldParts = {}): FakeWorld {
  const logLines: string[] = [];
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      logLines.push(chunk.toString());
      done();
    },
  });
  let clockMs = nowMs;
  const clock = { nowMs: () => clockMs };
  let made = 0;
  // What only the full door needs is missing here: a route that reaches for it fails loudly in its test.
  const world = {
    version: '0.0.0-test',
    processSession: `session-${String(nowMs)}-0000000`,
    log: pino({ level: 'debug' }, sink),
    clock,
    ids: {
      next: () => {
        made += 1;
        return String(made).padStart(26, '0');
      },
    },
    verifier: createTokenVerifier({ config: { kind: 'secret', secret }, clock }),
    access,
    limits,
    sessions: noSessionNotes,
    recorder: noRecorder,
    metrics: createMetrics({ withProcess: false }),
    dependencies: createDependencies({ probes, limitMs: probeLimitMs }),
    isUnreachable,
    logLines,
    moveClockTo: (ms: number) => {
      clockMs = ms;
    },
  };
  return world as unknown as FakeWorld; // the parts of other features are left out on purpose
}

/** Tenant `t` exists; in it everybody may come in but `suspended`. */
export const admitsTenantT: AccessGate = {
  admit: ({ tenantId, userId }) => {
    if (tenantId !== 't') return refuse('TENANT_UNKNOWN');
    return userId === 'suspended' ? refuse('AUTHZ_USER_SUSPENDED') : undefined;
  },
};

/** A token that is right in every way, but for what is given. A claim given as undefined is left out. */
export function signToken(
  claims: Readonly<Record<string, unknown>> = {},
  { alg = 'HS256', key = secret }: { readonly alg?: string; readonly key?: string } = {},
): Promise<string> {
  const all = { sub: 'u', tenant_id: 't', exp: nowSeconds + 3600, ...claims };
  return new SignJWT(JSON.parse(JSON.stringify(all)) as Record<string, unknown>)
    .setProtectedHeader({ alg })
    .sign(new TextEncoder().encode(key));
}
