// Removing entries in the batches of a run, one in twenty held, beside a bare DELETE of as many rows of as many months; and how long an emptied month takes to go.
import pg from 'pg';
import { createPool } from '../../db/pool.ts';
import { defaultBatchEntries } from '../../db/retention/open-batch.ts';
import { fillLog } from '../fill-log.ts';
import { bareDelete, switchGuardsOff } from '../floors/bare-delete.ts';
import type { BenchInstallation } from '../installation.ts';
import type { Comparison } from '../measure.ts';
import { chunksOf, heldUsers, monthsThatAreOver, placeHold, planRun, removeAll } from '../prunable-log.ts';

const entries = 1_000_000;
const months = 84;
const monthsPerRound = 4;
const batchEntries = defaultBatchEntries;

export async function prune({ ownerUrl, prunerUrl }: BenchInstallation): Promise<{ comparison: Comparison; end: () => Promise<void> }> {
  await fillLog({ ownerUrl, entries, months });
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  const pruner = createPool({ url: prunerUrl, max: 2 });
  await placeHold(owner);
  const partitions = await monthsThatAreOver(owner);
  const spans = chunksOf(partitions, monthsPerRound);
  // Neighbours go to one side each: both remove the same kind of months in every round.
  const ours = spans.filter((_, index) => index % 2 === 0);
  const bare = spans.filter((_, index) => index % 2 === 1);
  const runs: string[] = [];
  for (const [index, span] of ours.entries()) runs.push(await planRun(owner, { runId: `RUN${String(index)}`, span }));
  await switchGuardsOff(owner, bare.flat());
  await owner.query('VACUUM ANALYZE');

  const comparison: Comparison = {
    name: 'prune',
    unit: 'entries',
    oursIs: 'batches of a run: gate, holds, deletion, tombstones, floors, progress',
    floorIs: 'a bare DELETE of the rows of as many months, in batches of as many, without what is held',
    target: 0.6,
    ours: {
      async round() {
        const runId = runs.shift();
        if (runId === undefined) throw new Error('there are no months left to remove');
        return removeAll(pruner, runId, batchEntries);
      },
    },
    floor: {
      async round() {
        const span = bare.shift();
        if (span === undefined) throw new Error('there are no months left to remove');
        return bareDelete({ owner, partitions: span, batchEntries, keptUsers: heldUsers });
      },
    },
  };
  return {
    comparison,
    async end() {
      await dropOne(owner);
      await pruner.end();
      await owner.end();
    },
  };
}

async function dropOne(owner: pg.Client): Promise<void> {
  const [oldest] = await monthsThatAreOver(owner);
  if (oldest === undefined) return;
  await switchGuardsOff(owner, [oldest]);
  await owner.query(`DELETE FROM ${oldest}`);
  const startedMs = performance.now();
  const { rows } = await owner.query<{ outcome: string }>('SELECT drop_emptied_month($1) AS outcome', [oldest]);
  process.stdout.write(`prune: an emptied month was ${rows[0]?.outcome ?? 'not'} in ${(performance.now() - startedMs).toFixed(0)} ms\n\n`);
}
