// The world of an API process: opened from what the installation has, closed in the reverse order.
import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { createTokenVerifier } from '../../api/auth/token-verifier.ts';
import type { TokenVerifierConfig } from '../../api/auth/token-verifier.ts';
import { createMetrics } from '../../api/metrics.ts';
import { createDependencies } from '../../api/ops/dependencies.ts';
import type { DependencyProbe } from '../../api/ops/dependencies.ts';
import { createJobStarter } from '../../api/v1/jobs/job-starter.ts';
import { temporalProbe } from '../../api/v1/jobs/temporal-probe.ts';
import type { ApiWorld } from '../../api/world.ts';
import { createIds } from '../../db/ids.ts';
import { openStore } from '../../db/store.ts';
import type { Store } from '../../db/store.ts';
import { isDatabaseAway } from '../../db/unreachable.ts';
import { createCursors } from '../../domain/cursor/cursor.ts';

export interface ApiWorldParts {
  readonly appUrl: string;
  readonly cursorSecret: string;
  readonly tokenTrust: TokenVerifierConfig;
  readonly temporalAddress: string;
  readonly temporalNamespace?: string;
  readonly log: Logger;
  readonly withProcessMetrics?: boolean;
}

export interface OpenedApiWorld {
  readonly world: ApiWorld;
  close(): Promise<void>;
}

const clock = { nowMs: () => Date.now() };

export async function openApiWorld({ appUrl, cursorSecret, tokenTrust, temporalAddress, temporalNamespace = 'default', log, withProcessMetrics = true }: ApiWorldParts): Promise<OpenedApiWorld> {
  const store = await openStore({ appUrl, clock, onTrouble: ({ part, error }) => { log.warn({ part, err: error }, 'the database was not reached; tried again'); } });
  const { close, ...parts } = store;
  const jobStarter = createJobStarter({ address: temporalAddress, namespace: temporalNamespace, log });
  const world: ApiWorld = {
    ...parts,
    version: releaseVersion(),
    log,
    clock,
    ids: createIds(clock),
    cursors: createCursors(new TextEncoder().encode(cursorSecret)),
    verifier: createTokenVerifier({ config: tokenTrust, clock }),
    access: store.rights,
    metrics: createMetrics({ withProcess: withProcessMetrics }),
    dependencies: createDependencies({ probes: [databaseProbe(store), temporalProbe({ starter: jobStarter, pool: store.pool })] }),
    jobStarter,
    isUnreachable: isDatabaseAway,
  };
  return {
    world,
    async close() {
      await jobStarter.close();
      await close();
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

function releaseVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return version;
}
