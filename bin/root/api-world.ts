// The world of an API process: opened from what the installation has, closed in the reverse order.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Logger } from 'pino';
import { createTokenVerifier } from '../../api/auth/token-verifier.ts';
import type { TokenVerifierConfig } from '../../api/auth/token-verifier.ts';
import { createMetrics } from '../../api/metrics.ts';
import { createDependencies } from '../../api/ops/dependencies.ts';
import type { DependencyProbe } from '../../api/ops/dependencies.ts';
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
  readonly log: Logger;
  readonly withProcessMetrics?: boolean;
}

export interface OpenedApiWorld {
  readonly world: ApiWorld;
  close(): Promise<void>;
}

const clock = { nowMs: () => Date.now() };

export async function openApiWorld({ appUrl, cursorSecret, tokenTrust, temporalAddress, log, withProcessMetrics = true }: ApiWorldParts): Promise<OpenedApiWorld> {
  const store = await openStore({ appUrl, clock, onTrouble: ({ part, error }) => { log.warn({ part, err: error }, 'the database was not reached; tried again'); } });
  const { close, ...parts } = store;
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
    dependencies: createDependencies({ probes: [databaseProbe(store), temporalProbe(temporalAddress)] }),
    isUnreachable: isDatabaseAway,
  };
  return { world, close };
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

/** Reached or not: what needs it waits, and everything else goes on. */
function temporalProbe(address: string): DependencyProbe {
  return {
    name: 'temporal',
    required: false,
    waiting: ['making log partitions ahead', 'signing checkpoints of the log'],
    async check(signal) {
      const split = address.lastIndexOf(':');
      const socket = connect({ host: address.slice(0, split).replace(/^\[|\]$/g, ''), port: Number(address.slice(split + 1)) });
      try {
        await once(socket, 'connect', { signal });
      } finally {
        socket.destroy();
      }
    },
  };
}

function releaseVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return version;
}
