// Writes the entries of a plan into the parts of an archive, and goes on after those that count.
import { asking } from '../../db/access/ask.ts';
import { addArchivePart, dropArchiveParts, listArchiveParts } from '../../db/retention/archive-rows.ts';
import type { ArchivePart, Writer } from '../../db/retention/archive-rows.ts';
import type { PlannedRun } from '../../db/retention/read-planned.ts';
import { readPlanned } from '../../db/retention/read-planned.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import { recordLine } from '../../domain/evidence/log-lines.ts';
import { createRemovalCollector } from '../../domain/evidence/removals.ts';
import type { RemovalCollector } from '../../domain/evidence/removals.ts';
import type { StoredEntry } from '../../domain/journal/entry.ts';
import { archivePlace, nameOfAttempt } from './archive-place.ts';
import type { ArchivingStep, ArchivingWorld } from './archive-place.ts';

export interface Writing {
  readonly step: ArchivingStep;
  readonly writer: Writer;
  readonly planned: PlannedRun;
}

const mostEntries = 10_000;
const mostBytes = 64 * 1024 * 1024;

/** False when the archive was lost to somebody else. */
export async function writeArchiveParts(world: ArchivingWorld, { step, writer, planned }: Writing): Promise<boolean> {
  const { pool, files } = world;
  const before = await lastSoundPart(world, { step, writer });
  if (before === 'lost') return false;
  let number = before?.number ?? 0;
  const source = createSource(readPlanned(pool, { tenantId: step.tenantId, planHash: planned.planHash, afterSeq: before?.lastSeq ?? 0 }));
  while ((await source.peek()) !== null) {
    number += 1;
    const filling = { collector: createRemovalCollector(), entries: 0, characters: 0, lastSeq: 0 };
    const name = nameOfAttempt(`entries-${String(number).padStart(6, '0')}`, writer);
    const written = await files.write(archivePlace(step), name, linesOfPart(source, { step, filling }));
    await step.afterPartWasWritten?.(number);
    const part = { number, name, seqs: filling.collector.removals()[0]?.seqs ?? '{}', lastSeq: filling.lastSeq, entries: filling.entries, ...written };
    if (!(await addArchivePart(pool, writer, part))) {
      await files.remove(archivePlace(step), name);
      return false;
    }
  }
  return true;
}

/** After a crash a row may speak of a file that is not whole there any more: from it on everything is written again. */
async function lastSoundPart({ pool, files }: ArchivingWorld, { step, writer }: Pick<Writing, 'step' | 'writer'>): Promise<ArchivePart | null | 'lost'> {
  const parts = await inTenant(pool, step.tenantId, (client) => listArchiveParts(asking(client), step));
  let last: ArchivePart | null = null;
  for (const part of parts) {
    const found = await files.find(archivePlace(step), part.name);
    if (found?.bytes !== part.bytes) return (await dropArchiveParts(pool, writer, { fromNumber: part.number })) ? last : 'lost';
    last = part;
  }
  return last;
}

interface Filling {
  readonly collector: RemovalCollector;
  entries: number;
  characters: number;
  lastSeq: number;
}

async function* linesOfPart(source: Source, { step: { partEntries = mostEntries, onProgress }, filling }: { step: ArchivingStep; filling: Filling }): AsyncGenerator<string> {
  for (let entry = await source.peek(); entry !== null && filling.entries < partEntries && filling.characters < mostBytes; entry = await source.peek()) {
    const line = `${recordLine({ kind: 'entry', entry })}\n`;
    source.take();
    filling.collector.add('part', entry.seq);
    filling.entries += 1;
    filling.characters += line.length;
    filling.lastSeq = entry.seq;
    if (filling.entries % 500 === 0) onProgress?.();
    yield line;
  }
}

/** One entry after another, with a look at the next before it is taken: a part ends where the next one begins. */
interface Source {
  peek(): Promise<StoredEntry | null>;
  take(): void;
}

function createSource(pages: AsyncGenerator<readonly StoredEntry[]>): Source {
  let page: readonly StoredEntry[] = [];
  let place = 0;
  return {
    async peek() {
      while (place >= page.length) {
        const next = await pages.next();
        if (next.done === true) return null;
        page = next.value;
        place = 0;
      }
      return page[place] ?? null;
    },
    take() {
      place += 1;
    },
  };
}
