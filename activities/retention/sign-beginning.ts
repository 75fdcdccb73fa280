// Before a run removes anything, the head of the log that says that it began is signed: whoever verifies the log meanwhile believes the run by that.
import { beginningIsSigned } from '../../db/retention/beginning-is-signed.ts';
import type { RunRef } from '../../db/retention/run-rows.ts';
import { signHead } from '../evidence/sign-head.ts';
import type { SigningWorld } from '../evidence/sign-head.ts';

export interface BeginningStep extends RunRef {
  readonly onProgress?: () => void;
}

/** Null when a checkpoint covers the beginning; otherwise what is wrong with the log. Run again, or beside the hourly checkpoint, it finds the head signed. */
export async function signBeginning(world: SigningWorld, { tenantId, runId, onProgress }: BeginningStep): Promise<string | null> {
  if (await beginningIsSigned(world.pool, { tenantId, runId })) return null;
  const signed = await signHead(world, { tenantId, onSegment: () => onProgress?.() });
  if (signed.kind === 'no log') throw new Error(`there is no log of ${tenantId}`);
  return signed.kind === 'broken' ? `entry ${String(signed.fault.seq)}: ${signed.fault.reason}` : null;
}
