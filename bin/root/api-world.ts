// The world of an API process: opened from what the installation has, closed in the reverse order.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { createLiveTokens } from '../../api/auth/live-tokens.ts';
import { createTokenVerifier } from '../../api/auth/token-verifier.ts';
import type { TokenVerifierConfig } from '../../api/auth/token-verifier.ts';
import { createSummaryCarrier } from '../../api/current/summary/summary-carrier.ts';
import { createMetrics } from '../../api/metrics.ts';
import { createDependencies } from '../../api/ops/dependencies.ts';
import type { DependencyProbe } from '../../api/ops/dependencies.ts';
import { createJobStarter } from '../../api/v1/jobs/job-starter.ts';
import { temporalProbe } from '../../api/v1/jobs/temporal-probe.ts';
import type { ApiWorld } from '../../api/world.ts';
import { durabilityFaults } from '../../db/durability.ts';
import { createIds } from '../../db/ids.ts';
import { noRecorder } from '../../db/own-action/recorder.ts';
import { createPool } from '../../db/pool.ts';
import { openRateWindows } from '../../db/rate-limit/rate-windows.ts';
import { openStore } from '../../db/store.ts';
import type { Store } from '../../db/store.ts';
import { isDatabaseAway } from '../../db/unreachable.ts';
import { createCursors } from '../../domain/cursor/cursor.ts';
import { noRateLimits } from '../../domain/rate-limit/rate-limits.ts';
import type { RateLimits } from '../../domain/rate-limit/rate-limits.ts';
import type { ModelSetting } from '../../domain/summary/model-setting.ts';

export interface ApiWorldParts {
  readonly appUrl: string;
  readonly cursorSecret: string;
  readonly filesDir: string;
  readonly tokenTrust: TokenVerifierConfig;
  readonly temporalAddress: string;
  readonly temporalNamespace?: string;
  readonly identitySecrets?: readonly string[];
  /** Of summaries; none means that they are put together from the events. */
  readonly model?: ModelSetting | null;
  readonly log: Logger;
  /** `off` counts nothing: for measurements, and for whoever limits in front of Holdfast. */
  readonly rateLimits?: 'on' | 'off';
  /** `off` leaves reads and refused calls out of the internal log: for measurements alone. */
  readonly recording?: 'on' | 'off';
  readonly withProcessMetrics?: boolean;
}

export interface OpenedApiWorld {
  readonly world: ApiWorld;
  close(): Promise<void>;
}

const clock = { nowMs: () => Date.now() };

export async function openApiWorld({ appUrl, cursorSecret, filesDir, tokenTrust, temporalAddress, temporalNamespace = 'default', identitySecrets = [], model = null, rateLimits = 'on', recording = 'on', log, withProcessMetrics = true }: ApiWorldParts): Promise<OpenedApiWorld> {
  const store = await openStore({ appUrl, clock, onTrouble: ({ part, error }) => { log.warn({ part, err: error }, part === 'recorder' ? 'an entry is lost' : 'the database was not reached; tried again'); } });
  const { close, ...parts } = store;
  const limits = rateLimits === 'on' ? openLimits({ appUrl, log }) : null;
  const jobStarter = createJobStarter({ address: temporalAddress, namespace: temporalNamespace, log });
  const summaries = model === null ? null : createSummaryCarrier({ address: temporalAddress, namespace: temporalNamespace, log, model: model.model, fallback: model.fallback });
  const world: ApiWorld = {
    ...parts,
    ...(recording === 'off' ? { recorder: noRecorder } : {}),
    version: releaseVersion(),
    processSession: newProcessSession(),
    log,
    clock,
    ids: createIds(clock),
    cursors: createCursors(new TextEncoder().encode(cursorSecret)),
    verifier: createTokenVerifier({ config: tokenTrust, clock }),
    access: store.rights,
    liveTokens: createLiveTokens({ secret: cursorSecret, clock }),
    limits: limits?.counted ?? noRateLimits,
    metrics: createMetrics({ withProcess: withProcessMetrics }),
    dependencies: createDependencies({ probes: [databaseProbe(store), durabilityProbe(store), temporalProbe({ starter: jobStarter, pool: store.pool })] }),
    jobStarter,
    filesDir,
    summaries,
    identitySecrets,
    isUnreachable: isDatabaseAway,
  };
  return {
    world,
    async close() {
      await jobStarter.close();
      await summaries?.close();
      await limits?.close();
      await close();
    },
  };
}

const countingConnections = 4;

function openLimits({ appUrl, log }: Pick<ApiWorldParts, 'appUrl' | 'log'>): { counted: RateLimits; close(): Promise<void> } {
  const onError = (error: unknown): void => {
    log.warn({ part: 'rate limits', err: error }, 'requests could not be counted');
  };
  const pool = createPool({ url: appUrl, max: countingConnections, name: 'holdfast-limits', onError });
  const counted = openRateWindows({ pool, clock, onError });
  return {
    counted,
    async close() {
      counted.stop();
      await pool.end();
    },
  };
}

function databaseProbe({ pool }: Store): DependencyProbe {
  return {
    name: 'database',
    required: true,
    waiting: ['everything'],
    async check() {
      await pool.query('SELECT 1');
    },
  };
}

/** Requests are served all the same: it is for whoever runs the server to decide, and to know. */
function durabilityProbe({ pool }: Store): DependencyProbe {
  return {
    name: 'durability',
    required: false,
    async check() {
      const faults = await durabilityFaults(pool);
      if (faults.length > 0) throw new Error(faults.join('; '));
    },
  };
}

function newProcessSession(): string {
  return `session-${String(clock.nowMs())}-${randomBytes(4).toString('hex').slice(0, 7)}`;
}

function releaseVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return version;
}
