// Writes the files of one export, part after part, from wherever it stands; of several who do so at once, only the last to come gets its files taken.
import { claimExport, keepPart, keepPlan, partsToWrite, stillClaimed } from '../../db/export/carry-export.ts';
import type { ClaimedExport, PartToWrite, Step } from '../../db/export/carry-export.ts';
import { completeExport, failExport } from '../../db/export/end-export.ts';
import type { EndingWorld } from '../../db/export/end-export.ts';
import type { ExportRef } from '../../db/export/export-rows.ts';
import { wantedFiles } from '../../db/export/look-at-files.ts';
import { planParts } from '../../db/export/plan-parts.ts';
import { RowsAreGone, readPart } from '../../db/export/read-rows.ts';
import type { PartFiles } from '../../db/parts/part-files.ts';
import type { Pool } from '../../db/pool.ts';
import { partRows as usualPartRows } from '../../domain/export/limits.ts';
import { partFile } from '../../domain/export/part-names.ts';
import type { PartPlace } from '../../domain/parts/part-place.ts';
import { formatInstant } from '../../domain/shared/instant.ts';
import { gzipped } from './gzipped.ts';

export interface WritingWorld extends EndingWorld {
  /** Not pipelined. */
  readonly copying: Pool;
  readonly files: PartFiles;
}

export interface WritingOptions {
  /** Called often while there is progress; what it throws ends the attempt. */
  beat(): void;
  readonly partRows?: number;
  /** Where tests let time pass: a file is there, and does not count yet. */
  beforeKeeping?(number: number): Promise<void>;
}

export async function writeExport(world: WritingWorld, ref: ExportRef, options: WritingOptions): Promise<void> {
  const { pool, clock } = world;
  const claim = await claimExport(pool, ref, formatInstant(clock.nowMs() * 1000));
  if (claim === null) return;
  try {
    const step = claim.isGone ? 'gone' : await writeParts(world, claim, options);
    if (step === 'gone') await failExport(world, claim, gone);
    if (step === 'done') await sweep(world, claim);
  } catch (error) {
    if (!(error instanceof RowsAreGone)) throw error;
    await failExport(world, claim, `${changed} ${error.message}.`);
  }
}

const gone = 'Entries that it still had to read were removed by retention: it made no progress for so long that its lease ran out.';
const changed = 'What the audit log shows was changed while it was read: ask for the export anew.';

async function writeParts(world: WritingWorld, claim: ClaimedExport, options: WritingOptions): Promise<Step> {
  const { pool } = world;
  if (!claim.isPlanned) {
    const { tenantId, selection, asOfSeq } = claim;
    const plan = await planParts(pool, { tenantId, selection, throughSeq: asOfSeq, partRows: options.partRows ?? usualPartRows, beforeStatement: options.beat });
    const step = await keepPlan(pool, claim, plan);
    if (step !== 'done') return step;
  }
  // While one part is made safe and counted, the next is read already; they count in their order.
  let before: Promise<Step> = Promise.resolve('done');
  try {
    for (const part of await partsToWrite(pool, claim)) {
      const { isRead, step } = writePart(world, claim, { part, before, options });
      const stepBefore = await before;
      before = step;
      if (stepBefore !== 'done') return stepBefore;
      await isRead;
    }
    const last = await before;
    return last === 'done' ? await completeExport(world, claim) : last;
  } finally {
    // Nobody goes on writing behind the end of the attempt; what it met was told already, or is told by the part before it.
    await before.catch(() => undefined);
  }
}

interface PartUnderWay {
  /** Settles when its entries have been read, or when that has failed, which `step` tells. */
  readonly isRead: Promise<void>;
  readonly step: Promise<Step>;
}

interface PartWriting {
  readonly part: PartToWrite;
  readonly before: Promise<Step>;
  readonly options: WritingOptions;
}

function writePart(world: WritingWorld, claim: ClaimedExport, { part, before, options }: PartWriting): PartUnderWay {
  const read = Promise.withResolvers<undefined>();
  const step = writeAndKeep(world, claim, { part, before, options }, () => { read.resolve(undefined); });
  return { isRead: Promise.race([read.promise, step.then(() => undefined, () => undefined)]), step };
}

async function writeAndKeep({ pool, copying, files }: WritingWorld, claim: ClaimedExport, { part, before, options }: PartWriting, onRead: () => void): Promise<Step> {
  const { tenantId, selection, form, columns, fence } = claim;
  const { number, rows } = part;
  const met: { step: Step } = { step: 'done' };
  const blocks = readPart(copying, { tenantId, selection, format: form.format, columns, window: part, rows }, {
    async betweenStatements() {
      met.step = await stillClaimed(pool, claim);
      if (met.step !== 'done') throw new NotOurs();
    },
  });
  const watched = watchedBlocks(blocks, { beat: options.beat, onRead });
  const file = partFile(number, { fence, form });
  try {
    const { bytes, sha256 } = await files.write(placeOf(claim), file, form.compress === 'gzip' ? gzipped(watched) : watched);
    await options.beforeKeeping?.(number);
    const stepBefore = await before;
    const step = stepBefore === 'done' ? await keepPart(pool, claim, { part, file, bytes, sha256 }) : stepBefore;
    if (step !== 'done') await files.remove(placeOf(claim), file);
    return step;
  } catch (error) {
    if (error instanceof NotOurs) return met.step;
    throw error;
  }
}

/** Ends the reading of a part in its middle. */
class NotOurs extends Error {}

async function* watchedBlocks(blocks: AsyncIterable<Uint8Array>, { beat, onRead }: { beat(): void; onRead(): void }): AsyncGenerator<Uint8Array> {
  for await (const block of blocks) {
    beat();
    yield block;
  }
  onRead();
}

/** What attempts before this one left behind. */
async function sweep({ pool, files }: WritingWorld, claim: ClaimedExport): Promise<void> {
  const wanted = await wantedFiles(pool, claim);
  for (const name of await files.names(placeOf(claim))) if (!wanted.has(name)) await files.remove(placeOf(claim), name);
}

function placeOf({ tenantId, exportId }: ExportRef): PartPlace {
  return { kind: 'exports', tenantId, id: exportId };
}
