// A process of its own that writes exports, or copies as their floor, when it is told to, and says what it has needed: nothing else weighs on its memory.
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { writeExport } from '../activities/export/write-export.ts';
import type { ExportRef } from '../db/export/export-rows.ts';
import { createSigner } from '../db/evidence/sign.ts';
import { createIds } from '../db/ids.ts';
import { createPartFiles } from '../db/parts/part-files.ts';
import { createPool } from '../db/pool.ts';
import { copyTo } from './floors/copy-to.ts';

export type ExportOrder =
  | { readonly kind: 'export'; readonly ref: ExportRef }
  | { readonly kind: 'copy'; readonly tenantId: string; readonly format: 'csv' | 'ndjson'; readonly throughSeq: number };

export interface ExportDone {
  readonly rows: number;
  /** The most the process ever had. */
  readonly maxRssBytes: number;
}

const [appUrl = '', filesDir = ''] = process.argv.slice(2);
const clock = { nowMs: () => Date.now() };
const pool = createPool({ url: appUrl, max: 4 });
const copying = createPool({ url: appUrl, max: 2, pipelined: false });
const signer = createSigner(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
const files = createPartFiles(filesDir);

process.on('message', (order: ExportOrder) => {
  void carry(order).then((rows) => process.send?.({ rows, maxRssBytes: process.resourceUsage().maxRSS * 1024 } satisfies ExportDone));
});
process.on('disconnect', () => process.exit(0));
process.send?.({ url: 'ready' });

/** Answers how many rows a copy had; of an export its own row tells. */
async function carry(order: ExportOrder): Promise<number> {
  if (order.kind === 'copy') return copyTo({ pool: copying, ...order, file: join(filesDir, 'floor') });
  await writeExport({ pool, copying, clock, ids: createIds(clock), signer, files }, order.ref, { beat: () => undefined });
  await files.removeAll({ kind: 'exports', tenantId: order.ref.tenantId, id: order.ref.exportId });
  return 0;
}
