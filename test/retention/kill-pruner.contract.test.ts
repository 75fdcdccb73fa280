// The connections of a removal are killed again and again: what is removed is the plan minus what is held, never anything twice, and the log verifies.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { readLogExtent, readLogRecords } from '../../db/evidence/read-log.ts';
import { createSignatureCheck } from '../../db/evidence/sign.ts';
import { sha256 } from '../../db/journal/sha256.ts';
import { makeHold } from '../../db/legal-hold/place-hold.ts';
import { certifyRun } from '../../db/retention/certify-run.ts';
import { prunePair } from '../../db/retention/prune-pair.ts';
import { queryAs } from '../../db/tenant-transaction.ts';
import { verifyLog } from '../../domain/evidence/verify-log.ts';
import { isFullSize } from '../harness/fault-rounds.ts';
import { randomFrom } from '../harness/random-from.ts';
import { testSeed } from '../harness/seed.ts';
import { granted, officerOf } from '../legal-hold/officers.ts';
import { freshSigner, madeRun, seqsWhere } from './made-run.ts';
import { stageRemovals } from './removal-stage.ts';
import type { RemovalStage } from './removal-stage.ts';

const seed = testSeed();
const kills = isFullSize() ? 200 : 20;
/** More than the kills leave time for: the run is still under way at the last of them. */
const entries = kills * 150;
const signer = freshSigner();

let stage: RemovalStage;
beforeAll(async () => {
  stage = await stageRemovals({ pruners: 4 });
});
afterAll(async () => {
  await stage.end();
});

describe('when the connections of a run are killed', () => {
  it(`then exactly what was planned and not held is removed, once (${String(kills)} kills, seed ${String(seed)})`, async () => {
    const { clock, ids, store, pruner, owner } = stage;
    const random = randomFrom(seed);
    const facts = Array.from({ length: entries }, (_, index) => ({ share_id: index % 20 === 0 ? 'held' : 'free' }));
    const { tenantId, runId } = await madeRun({ store, ids, facts, signer });
    const planned = await seqsWhere(store, tenantId, 'share_id IS NOT NULL');
    granted(await makeHold({ ...store, clock, ids }, officerOf(tenantId), { name: 'Some', items: [{ scope_type: 'share', scope_id: 'held' }] }));
    const kept = await seqsWhere(store, tenantId, `share_id = 'held'`);
    const step = { tenantId, runId, now: new Date().toISOString(), batchEntries: 40 };

    let killed = 0;
    let broken = 0;
    // Two carry the run at once, as after a worker that only seemed to be dead.
    const carry = async (): Promise<void> => {
      for (;;) {
        try {
          if ((await prunePair(pruner, step)).kind === 'done') return;
        } catch {
          broken += 1;
        }
      }
    };
    const carried = Promise.all([carry(), carry()]);
    const carrying: { isOver: boolean } = { isOver: false };
    void carried.finally(() => { carrying.isOver = true; });
    while (killed < kills && !carrying.isOver) {
      await delay(random() * 25);
      const { rowCount } = await owner.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'holdfast_pruner' AND state <> 'idle'`);
      killed += rowCount ?? 0;
    }
    await carried;

    expect(killed).toBeGreaterThanOrEqual(kills);
    expect(broken).toBeGreaterThan(0);
    expect(await seqsWhere(store, tenantId, `share_id IN ('held', 'free')`)).toEqual(kept);
    const [state] = await queryAs<Record<string, unknown>>(store.pool, tenantId, {
      text: `SELECT (SELECT removed::int FROM retention_run WHERE tenant_id = $1) AS removed, (SELECT sum(length(leaves) / 32)::int FROM tombstone WHERE tenant_id = $1) AS leaves,
          (SELECT sum(upper(s.seqs) - lower(s.seqs))::int FROM tombstone t, unnest(t.seqs) AS s (seqs) WHERE t.tenant_id = $1) AS seqs,
          (SELECT count(*)::int FROM retention_kept WHERE tenant_id = $1 AND reason = 'hold') AS kept`,
      values: [tenantId],
    });
    const gone = planned.length - kept.length;
    expect(state).toEqual({ removed: gone, leaves: gone, seqs: gone, kept: kept.length });

    const certifying = () => certifyRun({ pool: store.pool, clock, ids, signer }, { tenantId, runId }, { failure: null });
    expect(await Promise.all([certifying(), certifying(), certifying()])).toEqual(Array(3).fill({ outcome: 'completed', removed: gone }));
    expect(await queryAs(store.pool, tenantId, { text: 'SELECT 1 FROM retention_certificate WHERE tenant_id = $1', values: [tenantId] })).toHaveLength(1);
    expect(await seqsWhere(store, tenantId, `own_action = 'complete_retention_run'`)).toHaveLength(1);

    const extent = await readLogExtent(store.pool, tenantId);
    if (extent === null) throw new Error('no log');
    const verdict = await verifyLog({ sha256, tenantId, checkSignature: createSignatureCheck([signer.key.publicKey]), records: readLogRecords(store.pool, extent), witnesses: [], head: extent.head });
    expect(verdict).toMatchObject({ fault: null, removed: gone, entries: extent.head.seq });
  }, isFullSize() ? 600_000 : 30_000);
});
