// An API process as measurements want it: its recording of reads, its limiter and its live doors are on or off, as its first argument says.
import { pino } from 'pino';
import { routes } from '../api/routes.ts';
import { startApi } from '../api/start-api.ts';
import { openApiWorld } from '../bin/root/api-world.ts';
import type { ApiWorldParts } from '../bin/root/api-world.ts';
import { openLive } from '../bin/root/live-doors.ts';
import { tellMoments } from './moments.ts';

export interface MeasuredApiParts extends Omit<ApiWorldParts, 'log'> {
  /** With live doors, and it tells when it knew of each commit of this tenant: `moments.ts`. */
  readonly liveTenant?: string;
}

const { liveTenant, ...parts } = JSON.parse(String(process.argv[2])) as MeasuredApiParts;
const { world } = await openApiWorld({ ...parts, log: pino({ level: 'warn' }) });
const { url, server } = await startApi({ host: '127.0.0.1', port: 0, world, routes });
if (liveTenant !== undefined) {
  openLive({ server, world, appUrl: parts.appUrl, allowedOrigins: [] });
  const log = await world.tail.watch(liveTenant);
  if (log === null) throw new Error(`there is no tenant ${liveTenant}`);
  const moments = tellMoments();
  // As the hub hears of it, and in the same breath.
  log.subscribeHead({ onHead: () => { moments.note(log.head); } });
}
process.send?.({ url });
process.on('disconnect', () => process.exit(0));
