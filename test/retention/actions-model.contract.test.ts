// Entries come, holds come and go, archives and quarantines are run, die in the middle and are decided: compared step by step with a small model.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { verifyArchiveFolder } from '../../bin/verify/verify-archive-folder.ts';
import { notHiddenSql } from '../../db/access/hidden-sql.ts';
import { makeHold } from '../../db/legal-hold/place-hold.ts';
import { releaseHold } from '../../db/legal-hold/release-hold.ts';
import { queryAs } from '../../db/tenant-transaction.ts';
import { isFullSize } from '../harness/fault-rounds.ts';
import { testSeed } from '../harness/seed.ts';
import { granted, officerOf } from '../legal-hold/officers.ts';
import { startActing } from './acting-installation.ts';
import type { ActingInstallation, RunHere } from './acting-installation.ts';
import { seqsWhere } from './made-run.ts';

const seed = testSeed();
const shares = ['s1', 's2', 's3'];
const share = fc.constantFrom(...shares);

let here: ActingInstallation;
beforeAll(async () => {
  here = await startActing();
});
afterAll(() => here.end());

/** `diesAt`: at which sign of life the first attempt dies; `held`: what comes under a hold between plan and run. */
const run = { diesAt: fc.option(fc.integer({ min: 1, max: 6 })), held: fc.option(share, { freq: 2 }) };
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('append' as const), shares: fc.array(share, { minLength: 1, maxLength: 8 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('hold' as const, 'release' as const), share }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('archive' as const), ...run }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('quarantine' as const), ...run }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('confirm' as const, 'restore' as const), ...run }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const plain = { diesAt: null, held: null };
/** What the draw may leave out. */
const everyKind: Step[] = [
  { do: 'append', shares: ['s1', 's2', 's3', 's1', 's2', 's3', 's1', 's2'] },
  { do: 'quarantine', ...plain, diesAt: 2 },
  { do: 'confirm', ...plain, held: 's1', diesAt: 1 },
  { do: 'append', shares: ['s1', 's2', 's2', 's2', 's3'] },
  { do: 'quarantine', ...plain },
  { do: 'restore', ...plain },
  { do: 'quarantine', ...plain },
  { do: 'archive', diesAt: 3, held: 's3' },
  { do: 'release', share: 's1' },
  { do: 'archive', ...plain, diesAt: 5 },
];

/** What must be there: an archive removes what it holds and nothing keeps; a quarantine hides, and then one of two things. */
interface Model {
  readonly alive: Map<number, string>;
  readonly held: Map<string, string[]>;
  /** In force, the oldest first. */
  readonly quarantines: { readonly run: RunHere; readonly hidden: ReadonlySet<number> }[];
  readonly restored: Set<number>;
}

interface Stage {
  readonly tenantId: string;
  readonly archiving: RunHere;
  readonly hiding: RunHere;
  readonly model: Model;
}

const counted = { archived: 0, hidden: 0, confirmed: 0, restored: 0, kept: 0, died: 0 };

describe('archives, quarantines and holds', () => {
  it(`when steps are random (seed ${String(seed)}), then the log and what is shown of it are as the model has it`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: isFullSize() ? 24 : 12 }), async (steps) => {
        const tenantId = await here.makeTenant();
        // Runs over nothing: for their policies.
        const stage = { tenantId, archiving: await here.start(tenantId, 'archive'), hiding: await here.start(tenantId, 'quarantine'), model: { alive: new Map(), held: new Map(), quarantines: [], restored: new Set() } } satisfies Stage;
        for (const one of [stage.archiving, stage.hiding]) granted(await here.command(one, 'cancel'));
        for (const one of steps) await play(stage, one);
      }),
      { seed, numRuns: isFullSize() ? 150 : 4, endOnFailure: true, examples: [[everyKind]] },
    );
    expect(Object.entries(counted).filter(([, times]) => times === 0)).toEqual([]);
  }, isFullSize() ? 900_000 : 60_000);
});

async function play(stage: Stage, one: Step): Promise<void> {
  const { tenantId, model } = stage;
  const isKept = (seq: number): boolean => (model.held.get(model.alive.get(seq) ?? '')?.length ?? 0) > 0;
  const alive = (): number[] => [...model.alive.keys()];
  const hidden = (): Set<number> => new Set(model.quarantines.flatMap((quarantine) => [...quarantine.hidden]));
  switch (one.do) {
    case 'append': {
      const before = new Set(await ours(tenantId));
      await here.append(tenantId, one.shares.map((id) => ({ share_id: id })));
      (await ours(tenantId)).filter((seq) => !before.has(seq)).forEach((seq, index) => model.alive.set(seq, one.shares[index] ?? ''));
      break;
    }
    case 'hold':
      await hold(stage, one.share);
      break;
    case 'release': {
      const holdId = model.held.get(one.share)?.pop();
      if (holdId !== undefined) granted(await releaseHold({ ...here.store, ...here.world }, officerOf(tenantId, 'second'), { holdId, reason: 'over' }));
      break;
    }
    case 'archive': {
      const planned = alive().filter((seq) => !isKept(seq));
      const archive = await here.startAgain(stage.archiving);
      if (one.held !== null) await hold(stage, one.held);
      await carried(archive, one.diesAt);
      const goes = planned.filter((seq) => !isKept(seq));
      expect(await here.certify(archive)).toEqual({ outcome: 'completed', removed: goes.length });
      const said: string[] = [];
      expect({ isSound: await verifyArchiveFolder({ folder: here.folderOf(archive), certificateFile: null, publicKeys: null, say: (line) => said.push(line) }), said }).toMatchObject({ isSound: true });
      expect(await here.read(archive)).toMatchObject({ archive: { entries: planned.length }, kept: { hold: planned.length - goes.length } });
      for (const seq of goes) model.alive.delete(seq);
      counted.archived += goes.length;
      counted.kept += planned.length - goes.length;
      break;
    }
    case 'quarantine': {
      const before = hidden();
      const planned = alive().filter((seq) => !isKept(seq) && !before.has(seq) && !model.restored.has(seq));
      const quarantine = await here.startAgain(stage.hiding);
      if (one.held !== null) await hold(stage, one.held);
      await carried(quarantine, one.diesAt);
      const goes = planned.filter((seq) => !isKept(seq));
      expect(await here.read(quarantine)).toMatchObject({ state: 'awaiting_approval', of: planned.length, quarantine: { hidden: goes.length } });
      model.quarantines.push({ run: quarantine, hidden: new Set(goes) });
      counted.hidden += goes.length;
      break;
    }
    case 'confirm':
    case 'restore': {
      const decided = model.quarantines.shift();
      if (decided === undefined) break;
      expect(await here.command(decided.run, one.do)).toMatchObject({ code: 'SECOND_PERSON_REQUIRED' });
      granted(await here.command(decided.run, one.do, 'second'));
      if (one.held !== null) await hold(stage, one.held);
      await carried(decided.run, one.diesAt);
      const goes = one.do === 'restore' ? [] : [...decided.hidden].filter((seq) => model.alive.has(seq) && !isKept(seq));
      expect(await here.certify(decided.run)).toEqual({ outcome: one.do === 'restore' ? 'restored' : 'completed', removed: goes.length });
      for (const seq of goes) model.alive.delete(seq);
      if (one.do === 'restore') for (const seq of decided.hidden) model.restored.add(seq);
      counted[one.do === 'restore' ? 'restored' : 'confirmed'] += one.do === 'restore' ? decided.hidden.size : goes.length;
    }
  }
  const gone = hidden();
  expect({ after: one, alive: await ours(tenantId), shown: await shown(tenantId) }).toEqual({ after: one, alive: alive(), shown: alive().filter((seq) => !gone.has(seq)) });
}

async function hold({ tenantId, model }: Stage, id: string): Promise<void> {
  const { holdId } = granted(await makeHold({ ...here.store, ...here.world }, officerOf(tenantId), { name: 'H', items: [{ scope_type: 'share', scope_id: id }] }));
  model.held.set(id, [...(model.held.get(id) ?? []), holdId]);
}

/** The first attempt may die; the next one goes on from what the rows say. */
async function carried(one: RunHere, diesAt: number | null): Promise<void> {
  const small = { batchEntries: 3, partEntries: 4 };
  let beats = 0;
  const sign = (): void => {
    beats += 1;
    if (beats === diesAt) throw new Error('died');
  };
  const late = async (): Promise<void> => {
    await Promise.resolve();
    sign();
  };
  try {
    await here.carry(one, { ...small, onProgress: sign, afterPartWasWritten: late, beforeSealing: late });
  } catch (error) {
    expect(String(error)).toContain('died');
    counted.died += 1;
    await here.carry(one, small);
  }
}

function ours(tenantId: string): Promise<number[]> {
  return seqsWhere(here.store, tenantId, `event_type = 'file.create'`);
}

async function shown(tenantId: string): Promise<number[]> {
  const rows = await queryAs<{ seq: string }>(here.store.pool, tenantId, { text: `SELECT e.seq FROM entry e WHERE e.tenant_id = $1 AND e.event_type = 'file.create' AND ${notHiddenSql} ORDER BY e.seq`, values: [tenantId] });
  return rows.map(({ seq }) => Number(seq));
}
