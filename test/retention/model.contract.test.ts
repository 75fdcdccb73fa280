// Entries come, holds and minimums come and go, plans are made, approved and run, a batch breaks now and then, everything is started anew: compared step by step with a model of thirty lines.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { signBeginning } from '../../activities/retention/sign-beginning.ts';
import { createSigner } from '../../db/evidence/sign.ts';
import { createIds } from '../../db/ids.ts';
import { makeHold } from '../../db/legal-hold/place-hold.ts';
import { releaseHold } from '../../db/legal-hold/release-hold.ts';
import { createPool } from '../../db/pool.ts';
import type { Pool } from '../../db/pool.ts';
import { beginRun } from '../../db/retention/begin-run.ts';
import { certifyRun } from '../../db/retention/certify-run.ts';
import { makePlan } from '../../db/retention/make-plan.ts';
import { pruneBatch } from '../../db/retention/prune-batch.ts';
import { commandRun, startRun } from '../../db/retention/run-rows.ts';
import { createPolicy, deletePolicy } from '../../db/retention/write-policy.ts';
import { openStore } from '../../db/store.ts';
import type { Store } from '../../db/store.ts';
import { createTenant } from '../../db/tenant/create-tenant.ts';
import { policyWish } from '../../domain/retention/policy.schema.ts';
import { freshDatabase } from '../harness/database.ts';
import type { TestDatabase } from '../harness/database.ts';
import { isFullSize } from '../harness/fault-rounds.ts';
import { testSeed } from '../harness/seed.ts';
import { granted, officerOf } from '../legal-hold/officers.ts';
import { appendFacts, seqsWhere } from './made-run.ts';

const seed = testSeed();
const clock = { nowMs: () => Date.now() };
const ids = createIds(clock);
const shares = ['s1', 's2', 's3'];

let database: TestDatabase;
let store: Store;
let pruner: Pool;
beforeAll(async () => {
  database = await freshDatabase();
  await open();
});
afterAll(async () => {
  await close();
  await database.drop();
});

async function open(): Promise<void> {
  store = await openStore({ appUrl: database.appUrl, clock, onTrouble: () => undefined });
  pruner = createPool({ url: database.prunerUrl, max: 2 });
}

async function close(): Promise<void> {
  await Promise.all([pruner.end(), store.close()]);
}

const step = fc.oneof(
  fc.record({ do: fc.constant('append' as const), shares: fc.array(fc.constantFrom(...shares), { minLength: 1, maxLength: 6 }) }),
  fc.record({ do: fc.constantFrom('hold' as const, 'release' as const, 'floor' as const, 'no floor' as const), share: fc.constantFrom(...shares) }),
  fc.record({ do: fc.constantFrom('plan' as const, 'run' as const, 'broken batch' as const) }),
  fc.record({ do: fc.constantFrom('approve' as const, 'approve oneself' as const, 'restart' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** What must be there after each step: nothing but a run removes, and it removes what was planned and nothing keeps now. */
interface Model {
  readonly alive: Map<number, string>;
  readonly held: Map<string, string[]>;
  readonly floored: Map<string, string[]>;
  planned: { readonly hash: string; readonly seqs: readonly number[]; run: 'none' | 'awaiting approval' | 'may go' } | null;
}

/** So that all of it happens whatever is drawn. */
const approvedAfterRestart: Step[] = [
  { do: 'append', shares: ['s1', 's2', 's3'] },
  { do: 'plan' },
  { do: 'run' },
  { do: 'approve oneself' },
  { do: 'run' },
  { do: 'restart' },
  { do: 'hold', share: 's2' },
  { do: 'approve' },
  { do: 'broken batch' },
  { do: 'restart' },
  { do: 'run' },
];

describe('retention and holds', () => {
  it(`when steps are random (seed ${String(seed)}), then the log is as the model has it`, async () => {
    const counted = { removed: 0, kept: 0, refused: 0, approved: 0, restarts: 0 };
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('none' as const, 'second_person' as const), fc.array(step, { minLength: 12, maxLength: 25 }), async (approval, steps) => {
        const tenantId = `t-${ids.next()}`;
        const world = { ...store, clock, ids };
        await createTenant(world, { tenantId, operator: null, requestId: null });
        const wish = policyWish.parse({ name: 'All', retention_days: 0, filter: { event_type: 'file.create' }, approval });
        const policy = granted(await createPolicy(world, officerOf(tenantId), wish));
        const model: Model = { alive: new Map(), held: new Map(), floored: new Map(), planned: null };
        for (const one of steps) await play({ tenantId, policyId: policy.id, needsApproval: approval === 'second_person', model, counted }, one);
      }),
      { seed, numRuns: isFullSize() ? 200 : 18, endOnFailure: true, examples: [['second_person', approvedAfterRestart]] },
    );
    for (const [what, times] of Object.entries(counted)) expect({ what, happened: times > 0 }).toEqual({ what, happened: true });
  }, isFullSize() ? 600_000 : 60_000);
});

interface Played {
  readonly tenantId: string;
  readonly policyId: string;
  readonly needsApproval: boolean;
  readonly model: Model;
  readonly counted: { removed: number; kept: number; refused: number; approved: number; restarts: number };
}

async function play({ tenantId, policyId, needsApproval, model, counted }: Played, one: Step): Promise<void> {
  const world = { ...store, clock, ids };
  const isKept = (share: string): boolean => (model.held.get(share)?.length ?? 0) > 0 || (model.floored.get(share)?.length ?? 0) > 0;
  switch (one.do) {
    case 'append': {
      const before = await ours(tenantId);
      await appendFacts(store, { tenantId, ids, facts: one.shares.map((share) => ({ share_id: share })) });
      (await ours(tenantId)).filter((seq) => !before.includes(seq)).forEach((seq, index) => model.alive.set(seq, one.shares[index] ?? ''));
      break;
    }
    case 'hold': {
      const { holdId } = granted(await makeHold(world, officerOf(tenantId), { name: 'H', items: [{ scope_type: 'share', scope_id: one.share }] }));
      model.held.set(one.share, [...(model.held.get(one.share) ?? []), holdId]);
      break;
    }
    case 'release': {
      const holdId = model.held.get(one.share)?.pop();
      if (holdId !== undefined) granted(await releaseHold(world, officerOf(tenantId, 'second'), { holdId, reason: 'over' }));
      break;
    }
    case 'floor': {
      const floor = granted(await createPolicy(world, officerOf(tenantId), policyWish.parse({ name: 'F', retention_days: 9_999, min_retention_days: 1, scope_type: 'share', scope_ids: [one.share] })));
      model.floored.set(one.share, [...(model.floored.get(one.share) ?? []), floor.id]);
      break;
    }
    case 'no floor': {
      const floorId = model.floored.get(one.share)?.pop();
      if (floorId !== undefined) await deletePolicy(world, officerOf(tenantId), floorId);
      break;
    }
    case 'plan': {
      const { hash, count } = granted(await makePlan(world, officerOf(tenantId), policyId));
      const seqs = [...model.alive].flatMap(([seq, share]) => (isKept(share) ? [] : [seq]));
      expect(count).toBe(seqs.length);
      model.planned = { hash, seqs, run: 'none' };
      break;
    }
    case 'restart':
      await close();
      await open();
      counted.restarts += 1;
      break;
    case 'approve oneself':
    case 'approve': {
      if (model.planned?.run !== 'awaiting approval') break;
      const { id: runId } = granted(await startRun(world, officerOf(tenantId), { policyId, planHash: model.planned.hash }));
      const answer = await commandRun(world, officerOf(tenantId, one.do === 'approve' ? 'second' : undefined), { runId, command: 'approve' });
      if (one.do === 'approve') {
        granted(answer);
        model.planned.run = 'may go';
        counted.approved += 1;
      } else {
        expect(answer).toMatchObject({ code: 'SECOND_PERSON_REQUIRED' });
        counted.refused += 1;
      }
      break;
    }
    case 'broken batch':
    case 'run': {
      if (model.planned === null) break;
      const { id: runId } = granted(await startRun(world, officerOf(tenantId), { policyId, planHash: model.planned.hash }));
      const run = { tenantId, runId };
      if (model.planned.run === 'none') model.planned.run = needsApproval ? 'awaiting approval' : 'may go';
      const now = new Date().toISOString();
      await beginRun(store.pool, run, now);
      if (model.planned.run === 'awaiting approval') {
        expect(await pruneBatch(pruner, { ...run, now })).toEqual({ kind: 'not running', state: 'awaiting_approval' });
        break;
      }
      if (one.do === 'broken batch') {
        const broken = pruneBatch(pruner, { ...run, now, afterHoldsWereRead: () => Promise.reject(new Error('broken')) });
        // A run that has ended, or plans nothing, does not get as far as the holds.
        await broken.catch((error: unknown) => { expect(String(error)).toContain('broken'); });
        break;
      }
      await signBeginning({ pool: store.pool, clock, signer }, run);
      while ((await pruneBatch(pruner, { ...run, now, batchEntries: 3 })).kind === 'removed');
      await certifyRun({ pool: store.pool, clock, ids, signer }, run, { failure: null });
      for (const seq of model.planned.seqs) {
        if (isKept(model.alive.get(seq) ?? '')) counted.kept += 1;
        else if (model.alive.delete(seq)) counted.removed += 1;
      }
      model.planned = null;
    }
  }
  expect({ after: one, alive: await ours(tenantId) }).toEqual({ after: one, alive: [...model.alive.keys()] });
}

const signer = createSigner(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());

function ours(tenantId: string): Promise<number[]> {
  return seqsWhere(store, tenantId, `event_type = 'file.create'`);
}
