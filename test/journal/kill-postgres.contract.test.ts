// PostgreSQL is killed under load, in every way there is: what was acknowledged stays, once, in order, with its chain. With late commits it does not.
import { describe, expect, it } from '@jest/globals';
import { createPool } from '../../db/pool.ts';
import { tokenFor } from '../harness/api.ts';
import { faultRounds } from '../harness/fault-rounds.ts';
import { environmentFor, startApiProcess } from '../harness/processes.ts';
import { randomFrom } from '../harness/random-from.ts';
import { testSeed } from '../harness/seed.ts';
import { startIngestLoad } from './ingest-load.ts';
import type { Acknowledged } from './ingest-load.ts';
import { judgeLog } from './judge-log.ts';
import type { Judgement } from './judge-log.ts';
import { startKillablePostgres, waysToKill } from './killable-postgres.ts';
import type { KillablePostgres, WayToKill } from './killable-postgres.ts';

const seed = testSeed();
const rounds = faultRounds({ ordinarily: 3 });
const limitMs = 30_000 + rounds * 15_000;

interface Outcome extends Judgement {
  readonly acknowledged: readonly Acknowledged[];
  readonly repeated: ReadonlyMap<string, number>;
  readonly changed: readonly string[];
  /** How the API ended meanwhile; null as it should not. */
  readonly apiEnded: string | null;
}

async function killUnderLoad(postgres: KillablePostgres, ways: readonly WayToKill[]): Promise<Outcome> {
  const random = randomFrom(seed);
  const { ownerUrl, appUrl } = postgres;
  const api = await startApiProcess({ env: environmentFor({ ownerUrl, appUrl, temporalAddress: '127.0.0.1:1' }) });
  let apiEnded: string | null = null;
  void api.exited.then((how) => (apiEnded = how));
  const pool = createPool({ url: appUrl, max: 2 });
  try {
    const load = startIngestLoad({ urls: [api.url], token: await tokenFor({ tenantId: 'demo', scope: 'events:write' }), seed, clients: 8 });
    for (const way of ways) {
      await load.further(20 + Math.floor(random() * 200));
      await postgres.kill(way);
      await postgres.comeBack();
    }
    await load.further(50);
    const acknowledged = await load.finish();
    const { repeated, changed } = load;
    return { ...(await judgeLog(pool, { tenantId: 'demo', acknowledged })), acknowledged, repeated, changed, apiEnded };
  } finally {
    await pool.end();
    await api.stop();
  }
}

describe('when PostgreSQL is killed under load', () => {
  it(`then nothing that was acknowledged is lost and nothing is stored twice (${String(rounds)} rounds, seed ${String(seed)})`, async () => {
    const postgres = await startKillablePostgres();
    try {
      const ways = Array.from({ length: rounds }, (_, round) => waysToKill[round % waysToKill.length] ?? 'everything');
      const { problems, acknowledged, entries, repeated, changed, apiEnded } = await killUnderLoad(postgres, ways);

      expect({ problems, changed }).toEqual({ problems: [], changed: [] });
      expect(apiEnded).toBeNull();
      // Its tenant's own creation is the first entry.
      expect(entries).toBe(acknowledged.length + 1);
      expect(repeated.size).toBeGreaterThan(0);
    } finally {
      await postgres.end();
    }
  }, limitMs);
});

describe('when commits are answered before they are written, as a control', () => {
  it('then a kill loses what was acknowledged, and it is noticed', async () => {
    const postgres = await startKillablePostgres({ settings: { synchronous_commit: 'off', wal_writer_delay: '10s', wal_writer_flush_after: '1GB' } });
    try {
      const { problems } = await killUnderLoad(postgres, ['everything']);

      expect(problems.filter((problem) => problem.includes('lost') || problem.includes('another entry'))).not.toEqual([]);
    } finally {
      await postgres.end();
    }
  }, limitMs);
});
