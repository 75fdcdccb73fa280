// A process that writes one export, again and again until there is nothing left to write: for tests that kill or pause it.
import { setTimeout as delay } from 'node:timers/promises';
import { createIds } from '../../db/ids.ts';
import { createPool } from '../../db/pool.ts';
import { createCarrier } from './carried.ts';

export interface WriterOrders {
  readonly appUrl: string;
  readonly filesDir: string;
  readonly tenantId: string;
  readonly exportId: string;
  readonly partRows: number;
}

const betweenAttemptsMs = 50;

process.once('message', (orders: WriterOrders) => {
  void write(orders);
});
process.send?.('ready');

async function write({ appUrl, filesDir, tenantId, exportId, partRows }: WriterOrders): Promise<void> {
  const clock = { nowMs: () => Date.now() };
  const pool = createPool({ url: appUrl, max: 2 });
  const carrier = createCarrier({ pool, appUrl, filesDir, clock, ids: createIds(clock) });
  process.send?.('writing');
  for (;;) {
    try {
      await carrier.carry({ tenantId, exportId }, { partRows });
      break;
    } catch {
      // The database is away: as an attempt of the real worker, this one ends and another one comes.
      await delay(betweenAttemptsMs);
    }
  }
  process.exit(0);
}
