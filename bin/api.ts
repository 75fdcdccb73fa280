// `npm run api`: one API process, joined to an installation.
import { routes } from '../api/routes.ts';
import { startApi } from '../api/start-api.ts';
import { durabilityFaults } from '../db/durability.ts';
import { publishKey } from '../db/evidence/keys.ts';
import { createSigner } from '../db/evidence/sign.ts';
import { createLogger } from './logger.ts';
import { openApiWorld } from './root/api-world.ts';
import { configureOrExit, joinOrExit } from './root/configure.ts';
import { openLive } from './root/live-doors.ts';
import { serveUntilStopped } from './root/serve-until-stopped.ts';

const stopLimitMs = 15_000;

const configuration = configureOrExit();
const installation = joinOrExit(configuration, ['appUrl', 'cursorSecret', 'evidenceKeyPem', 'filesDir', 'temporalAddress', 'tokenTrust']);
const logger = createLogger({ service: 'api', level: configuration.logLevel });

await serveUntilStopped({
  logger,
  stopLimitMs,
  async start() {
    const { appUrl, cursorSecret, evidenceKeyPem, filesDir, tokenTrust, temporalAddress, temporalNamespace } = installation;
    const { rateLimits, identitySecrets, model } = configuration;
    const { world, close } = await openApiWorld({ appUrl, cursorSecret, filesDir, tokenTrust, temporalAddress, temporalNamespace, identitySecrets, model, rateLimits, log: logger });
    try {
      // Whoever signs publishes it, too; but it should be there to be fetched and kept before anything is signed.
      await publishKey(world.pool, createSigner(evidenceKeyPem).key).catch((error: unknown) => {
        logger.warn({ err: error }, 'the evidence key could not be published: the worker will');
      });
      // A database that is away now is told of by /readyz, and so is this once it is there.
      for (const fault of await durabilityFaults(world.pool).catch(() => [])) logger.warn({ part: 'database' }, fault);
      const { host, port, corsOrigins } = configuration;
      const api = await startApi({ host, port, world, routes, corsOrigins });
      const live = openLive({ server: api.server, world, appUrl, allowedOrigins: corsOrigins });
      return {
        url: api.url,
        async stop() {
          // Those who listen are sent to come back before the listener ends: it waits for all of its connections.
          await live.stop();
          await api.stop();
          await close();
        },
      };
    } catch (error) {
      await close();
      throw error;
    }
  },
});
