// Where the files of a run's archive lie, what writing them needs, and how the files of an attempt are called.
import type { Signer } from '../../db/evidence/sign.ts';
import type { PartFiles } from '../../db/parts/part-files.ts';
import type { Pool } from '../../db/pool.ts';
import type { Writer } from '../../db/retention/archive-rows.ts';
import type { RunRef } from '../../db/retention/run-rows.ts';
import type { PartPlace } from '../../domain/parts/part-place.ts';
import type { Clock } from '../../domain/shared/clock.ts';

export interface ArchivingWorld {
  readonly pool: Pool;
  readonly files: PartFiles;
  readonly signer: Signer;
  readonly clock: Clock;
}

export interface ArchivingStep extends RunRef {
  readonly partEntries?: number;
  /** Called often; throws when the work is no longer wanted. */
  readonly onProgress?: () => void;
  /** Where tests let something happen. */
  readonly afterPartWasWritten?: (number: number) => Promise<void>;
  readonly beforeSealing?: () => Promise<void>;
}

export function archivePlace({ tenantId, runId }: RunRef): PartPlace {
  return { kind: 'archives', tenantId, id: runId };
}

/** No two attempts write under the same name. */
export function nameOfAttempt(stem: string, { fence }: Writer): string {
  return `${stem}.${String(fence)}.ndjson`;
}
