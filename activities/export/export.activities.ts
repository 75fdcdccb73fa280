// The steps of an export: its files are written, looked after, and removed.
import { Context } from '@temporalio/activity';
import { expireExport } from '../../db/export/end-export.ts';
import { lookAtFiles, noteFilesRemoved } from '../../db/export/look-at-files.ts';
import { createPartFiles } from '../../db/parts/part-files.ts';
import { formatInstant } from '../../domain/shared/instant.ts';
import type { ActivityWorld } from '../world.ts';
import { writeExport } from './write-export.ts';

export interface ExportOfWorkflow {
  readonly tenantId: string;
  readonly exportId: string;
}

export interface ExportActivities {
  /** Run again, or twice at once, it goes on after the last part that counts. */
  writeExport(which: ExportOfWorkflow): Promise<void>;
  /** Null when there are no files any more; otherwise when to look again. */
  lookAfterFiles(which: ExportOfWorkflow): Promise<{ readonly waitMs: number | null }>;
}

/** A timer is set for no longer: clocks are set right in between. */
const longestWaitMs = 86_400_000;
const shortestWaitMs = 1_000;
/** Somebody else has it in hand. */
const openWaitMs = 60_000;

export function createExportActivities(world: Pick<ActivityWorld, 'pool' | 'copying' | 'clock' | 'ids' | 'signer' | 'filesDir'>): ExportActivities {
  const { pool, clock, filesDir } = world;
  const files = createPartFiles(filesDir);
  return {
    async writeExport(which) {
      const context = Context.current();
      await writeExport({ ...world, files }, which, {
        beat() {
          context.heartbeat();
          context.cancellationSignal.throwIfAborted();
        },
      });
    },
    async lookAfterFiles(which) {
      await expireExport(world, which);
      const { state, expiresAtMs } = await lookAtFiles(pool, which);
      if (state === 'removed') return { waitMs: null };
      if (state === 'open') return { waitMs: openWaitMs };
      if (state !== 'unwanted') return { waitMs: Math.min(longestWaitMs, Math.max(shortestWaitMs, (expiresAtMs ?? 0) - clock.nowMs())) };
      await files.removeAll({ kind: 'exports', tenantId: which.tenantId, id: which.exportId });
      await noteFilesRemoved(pool, which, formatInstant(clock.nowMs() * 1000));
      return { waitMs: null };
    },
  };
}
