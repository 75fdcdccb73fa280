// `npm run api`: one API process, joined to an installation.
import { routes } from '../api/routes.ts';
import { startApi } from '../api/start-api.ts';
import { createLogger } from './logger.ts';
import { openApiWorld } from './root/api-world.ts';
import { configureOrExit, joinOrExit } from './root/configure.ts';
import { serveUntilStopped } from './root/serve-until-stopped.ts';

const stopLimitMs = 15_000;

const configuration = configureOrExit();
const installation = joinOrExit(configuration, ['appUrl', 'cursorSecret', 'evidenceKeyPem', 'filesDir', 'temporalAddress', 'tokenTrust']);
const logger = createLogger({ service: 'api', level: configuration.logLevel });

await serveUntilStopped({
  logger,
  stopLimitMs,
  async start() {
    const { appUrl, cursorSecret, tokenTrust, temporalAddress, temporalNamespace } = installation;
    const { world, close } = await openApiWorld({ appUrl, cursorSecret, tokenTrust, temporalAddress, temporalNamespace, log: logger });
    try {
      const { host, port, corsOrigins } = configuration;
      const api = await startApi({ host, port, world, routes, corsOrigins });
      return {
        url: api.url,
        async stop() {
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
