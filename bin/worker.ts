// `npm run worker`: carries the work that takes time, and keeps it in line with the rows that ask for it.
import { startReconciler } from '../activities/job/reconciler.ts';
import { createTemporalDoor } from '../activities/job/temporal-door.ts';
import { startWorker } from '../activities/start-worker.ts';
import { publishKey } from '../db/evidence/keys.ts';
import { createSigner } from '../db/evidence/sign.ts';
import { createIds } from '../db/ids.ts';
import { createPool } from '../db/pool.ts';
import { carriers } from '../workflows/carriers.messages.ts';
import { createLogger } from './logger.ts';
import { configureOrExit, joinOrExit } from './root/configure.ts';
import { serveUntilStopped } from './root/serve-until-stopped.ts';
import type { Serving } from './root/serve-until-stopped.ts';

const configuration = configureOrExit();
// What the API needs is asked for here as well: an installation that lacks a part should not come up by half.
const { appUrl, evidenceKeyPem, temporalAddress, temporalNamespace } = joinOrExit(configuration, [
  'appUrl',
  'cursorSecret',
  'evidenceKeyPem',
  'filesDir',
  'temporalAddress',
  'tokenTrust',
]);
const log = createLogger({ service: 'worker', level: configuration.logLevel });
const clock = { nowMs: () => Date.now() };

await serveUntilStopped({ logger: log, stopLimitMs: 18_000, start });

async function start(): Promise<Serving> {
  const pool = createPool({
    url: appUrl,
    name: 'holdfast-worker',
    max: 20,
    onError: (error) => {
      log.warn({ err: error }, 'a connection to the database broke');
    },
  });
  const signer = createSigner(evidenceKeyPem);
  // Whoever is handed the first checkpoint must find the key already.
  await publishKey(pool, signer.key);
  const worker = await startWorker({ temporalAddress, namespace: temporalNamespace, world: { pool, clock, ids: createIds(clock), signer }, log });
  const temporal = createTemporalDoor({ address: temporalAddress, namespace: temporalNamespace });
  const reconciler = startReconciler({ pool, clock, log, temporal, carriers });
  return {
    url: null,
    async stop() {
      await reconciler.stop();
      await temporal.close();
      await worker.stop();
      await pool.end();
    },
  };
}
