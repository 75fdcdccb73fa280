// Carries exports without Temporal: for tests of what is written and of the doors.
import { generateKeyPairSync } from 'node:crypto';
import { writeExport } from '../../activities/export/write-export.ts';
import type { WritingOptions, WritingWorld } from '../../activities/export/write-export.ts';
import { createSigner } from '../../db/evidence/sign.ts';
import type { ExportRef } from '../../db/export/export-rows.ts';
import { createPartFiles } from '../../db/parts/part-files.ts';
import type { PartFiles } from '../../db/parts/part-files.ts';
import { createPool } from '../../db/pool.ts';
import type { Pool } from '../../db/pool.ts';
import type { Clock } from '../../domain/shared/clock.ts';
import type { Ids } from '../../domain/shared/ids.ts';

export interface Carrier {
  readonly world: WritingWorld;
  /** With other files, as somebody who writes otherwise. */
  carry(ref: ExportRef, options?: Partial<WritingOptions> & { readonly files?: PartFiles }): Promise<void>;
  end(): Promise<void>;
}

export function createCarrier({ pool, appUrl, filesDir, clock, ids }: { pool: Pool; appUrl: string; filesDir: string; clock: Clock; ids: Ids }): Carrier {
  const copying = createPool({ url: appUrl, max: 2, pipelined: false });
  const signer = createSigner(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  const world: WritingWorld = { pool, copying, clock, ids, signer, files: createPartFiles(filesDir) };
  return {
    world,
    carry: (ref, { files = world.files, ...options } = {}) => writeExport({ ...world, files }, ref, { beat: () => undefined, ...options }),
    end: () => copying.end(),
  };
}
