// A process of its own that carries a run to its end, as a worker would, with all its connections and files: for tests that kill it.
import { completeFolder } from '../../activities/retention/archive-folder.ts';
import { carryRun } from '../../activities/retention/carry-run.ts';
import { createSigner } from '../../db/evidence/sign.ts';
import { createIds } from '../../db/ids.ts';
import { createPartFiles } from '../../db/parts/part-files.ts';
import { createPool } from '../../db/pool.ts';
import { certifyRun } from '../../db/retention/certify-run.ts';

export interface CarrierOrder {
  readonly appUrl: string;
  readonly prunerUrl: string;
  readonly filesDir: string;
  readonly evidenceKeyPem: string;
  readonly tenantId: string;
  readonly runId: string;
  readonly partEntries: number;
  readonly batchEntries: number;
}

const order = JSON.parse(process.argv[2] ?? '') as CarrierOrder;
const { appUrl, prunerUrl, filesDir, evidenceKeyPem, ...step } = order;
const clock = { nowMs: () => Date.now() };
const pool = createPool({ url: appUrl, max: 3 });
const pruner = createPool({ url: prunerUrl, max: 1 });
const world = { pool, pruner, clock, ids: createIds(clock), signer: createSigner(evidenceKeyPem), files: createPartFiles(filesDir) };

// From here on whoever watches may kill.
process.stdout.write('begun\n');
const { failure } = await carryRun(world, { ...step, now: new Date().toISOString() });
await certifyRun(world, step, { failure });
await completeFolder(world, step);
await Promise.all([pool.end(), pruner.end()]);
process.stdout.write('ended\n');
