// TEMP worker
import { createServer } from 'node:http';
import { configureOrExit, joinOrExit } from './root/configure.ts';
import { createLogger } from './logger.ts';
import { serveUntilStopped } from './root/serve-until-stopped.ts';
const c = configureOrExit();
joinOrExit(c, ['appUrl','cursorSecret','evidenceKeyPem','filesDir','temporalAddress','tokenTrust']);
const logger = createLogger({ service: 'worker', level: c.logLevel });
await serveUntilStopped({ logger, stopLimitMs: 15000, start: () => new Promise((ok, no) => { const s = createServer((_q,r)=>r.end('hi')); s.once('error',no); s.listen(0, () => ok({ url: `http://${c.host}:${String(c.port)}`, stop: () => new Promise<void>(d=>s.close(()=>d())) })); }) });
