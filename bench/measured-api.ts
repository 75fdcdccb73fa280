// An API process whose recording of reads and whose limiter are on or off, as its first argument says: what they cost is measured with it.
import { pino } from 'pino';
import { routes } from '../api/routes.ts';
import { startApi } from '../api/start-api.ts';
import { openApiWorld } from '../bin/root/api-world.ts';
import type { ApiWorldParts } from '../bin/root/api-world.ts';

export type MeasuredApiParts = Omit<ApiWorldParts, 'log'>;

const parts = JSON.parse(String(process.argv[2])) as MeasuredApiParts;
const { world } = await openApiWorld({ ...parts, log: pino({ level: 'warn' }) });
const { url } = await startApi({ host: '127.0.0.1', port: 0, world, routes });
process.send?.({ url });
process.on('disconnect', () => process.exit(0));
