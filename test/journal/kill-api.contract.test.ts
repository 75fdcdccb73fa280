// The API is killed under load, one process or both: what was acknowledged stays, once, in order, with its chain.
import { describe, expect, it } from '@jest/globals';
import { freePort } from '../../bin/process/tcp-port.ts';
import { ensureDemoTenant } from '../../bin/up/demo-tenant.ts';
import { createPool } from '../../db/pool.ts';
import { tokenFor } from '../harness/api.ts';
import { freshDatabase } from '../harness/database.ts';
import { faultRounds } from '../harness/fault-rounds.ts';
import { environmentFor, startApiProcess } from '../harness/processes.ts';
import type { ApiProcess } from '../harness/processes.ts';
import { randomFrom } from '../harness/random-from.ts';
import { testSeed } from '../harness/seed.ts';
import { startIngestLoad } from './ingest-load.ts';
import { compare, judgeLog } from './judge-log.ts';

const seed = testSeed();
const rounds = faultRounds({ ordinarily: 3 });
const limitMs = 30_000 + rounds * 15_000;

describe('when API processes are killed under load', () => {
  it(`then nothing that was acknowledged is lost and nothing is stored twice (${String(rounds)} rounds, seed ${String(seed)})`, async () => {
    const random = randomFrom(seed);
    const database = await freshDatabase();
    await ensureDemoTenant({ appUrl: database.appUrl });
    const environment = environmentFor({ ownerUrl: database.ownerUrl, appUrl: database.appUrl, temporalAddress: '127.0.0.1:1' });
    const ports = [await freePort(), await freePort()];
    const start = (place: number): Promise<ApiProcess> => startApiProcess({ env: { ...environment, HOLDFAST_PORT: String(ports[place]) } });
    let processes = await Promise.all(ports.map((_, place) => start(place)));
    const pool = createPool({ url: database.appUrl, max: 2 });
    try {
      const load = startIngestLoad({ urls: processes.map(({ url }) => url), token: await tokenFor({ tenantId: 'demo', scope: 'events:write' }), seed, clients: 8 });
      for (let round = 0; round < rounds; round += 1) {
        await load.further(20 + Math.floor(random() * 200));
        // Both every third time: then nobody is left to ask.
        const victims = processes.filter((_, place) => round % 3 === 2 || place === round % 3);
        await Promise.all(victims.map((victim) => victim.kill9()));
        processes = await Promise.all(processes.map(async (one, place) => (victims.includes(one) ? start(place) : one)));
      }
      await load.further(50);
      const acknowledged = await load.finish();
      const { problems, entries } = await judgeLog(pool, { tenantId: 'demo', acknowledged });

      expect({ problems, changed: load.changed }).toEqual({ problems: [], changed: [] });
      // Its tenant's own creation is the first entry.
      expect(entries).toBe(acknowledged.length + 1);
      expect(load.repeated.size).toBeGreaterThan(0);
    } finally {
      await pool.end();
      await Promise.all(processes.map((one) => one.stop()));
      await database.drop();
    }
  }, limitMs);
});

describe('when the judge is given a log that is wrong, as a control', () => {
  const acknowledged = [
    { name: 'a', id: 'evt_1', seq: 2 },
    { name: 'b', id: 'evt_2', seq: 3 },
  ];

  it.each([
    ['one was lost', [{ name: 'a', id: 'evt_1', seq: 2 }], 'b was acknowledged and is lost'],
    ['one is stored twice', [...acknowledged, { name: 'b', id: 'evt_3', seq: 4 }], 'b is stored 2 times'],
    ['one is another than was told', [{ name: 'a', id: 'evt_1', seq: 2 }, { name: 'b', id: 'evt_9', seq: 3 }], 'b was acknowledged as evt_2 at 3 and is another entry'],
  ])('%s, then it says so', (_what, stored, problem) => {
    expect(compare({ stored, acknowledged })).toEqual([problem]);
  });
});
