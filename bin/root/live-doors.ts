// The live doors of an API process: put on its HTTP server, with connections to the database of their own.
import type { Server } from 'node:http';
import { Gauge } from 'prom-client';
import type { ApiWorld } from '../../api/world.ts';
import { acknowledgeEvents } from '../../db/ack/acknowledge-events.ts';
import { entryIdBody } from '../../db/journal/find-by-id.ts';
import { createPool } from '../../db/pool.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import { liveLimits } from '../../realtime/hub/limits.ts';
import type { LiveLimits } from '../../realtime/hub/limits.ts';
import { openLiveDoors } from '../../realtime/live-doors.ts';
import type { LiveDoors } from '../../realtime/live-doors.ts';

export interface LiveParts {
  readonly server: Server;
  readonly world: ApiWorld;
  readonly appUrl: string;
  readonly allowedOrigins: readonly string[];
  /** Over the usual ones: tests do not wait for half a minute. */
  readonly limits?: Partial<LiveLimits>;
}

const connections = 8;
const connectionsMetric = 'holdfast_live_connections';

export function openLive({ server, world, appUrl, allowedOrigins, limits }: LiveParts): LiveDoors {
  const { log, clock, cursors, verifier, access, liveTokens, sessions, orm, tail } = world;
  const pool = createPool({
    url: appUrl,
    max: connections,
    name: 'holdfast-live',
    onError: (error) => {
      log.warn({ part: 'live', err: error }, 'the database was not reached; tried again');
    },
  });
  const doors = openLiveDoors(server, {
    log,
    clock,
    cursors,
    verifier,
    access,
    liveTokens,
    sessions,
    orm,
    tail,
    pool,
    allowedOrigins,
    limits: { ...liveLimits, ...limits },
    random: Math.random,
    async acknowledge(principal, eventId) {
      const result = await inTenant(pool, principal.tenantId, (client) => acknowledgeEvents(client, principal, [entryIdBody(eventId)]));
      return isRefusal(result) ? result : null;
    },
  });
  const { registry } = world.metrics;
  registry.registerMetric(
    new Gauge({
      name: connectionsMetric,
      help: 'Clients at the live doors of this process.',
      registers: [],
      collect() {
        this.set(doors.connectionCount);
      },
    }),
  );
  return {
    get connectionCount() {
      return doors.connectionCount;
    },
    async stop() {
      registry.removeSingleMetric(connectionsMetric);
      await doors.stop();
      await pool.end();
    },
  };
}
