// The rows of an archive: who writes it now, which parts count, and the manifest that seals it for good.
import type { SignedCheckpoint } from '../../domain/evidence/checkpoint.ts';
import { asking } from '../access/ask.ts';
import type { Ask } from '../access/ask.ts';
import type { Pool } from '../pool.ts';
import { inTenant } from '../tenant-transaction.ts';
import type { RunRef } from './run-rows.ts';

/** Who claimed it last writes; what anybody else still writes counts for nothing. */
export interface Writer extends RunRef {
  readonly fence: number;
}

export interface ArchiveClaim {
  readonly fence: number;
  readonly sealed: SignedCheckpoint | null;
}

/** Null when the run is not running. */
export function claimArchive(pool: Pool, { tenantId, runId }: RunRef): Promise<ArchiveClaim | null> {
  return inTenant(pool, tenantId, async (client) => {
    const ask = asking(client);
    if (!(await isRunning(ask, { tenantId, runId }))) return null;
    const sealed = await findSealed(ask, { tenantId, runId });
    if (sealed !== null) return { fence: 0, sealed };
    const [row] = await ask<{ fence: string }>({
      name: 'claim-archive',
      text: `INSERT INTO retention_archive AS a (tenant_id, run_id, fence) VALUES ($1, $2, 1)
        ON CONFLICT (tenant_id, run_id) DO UPDATE SET fence = a.fence + 1 RETURNING fence`,
      values: [tenantId, runId],
    });
    return { fence: Number(row?.fence), sealed: null };
  });
}

export interface ArchivePart {
  readonly number: number;
  readonly name: string;
  /** As the database writes a multirange. */
  readonly seqs: string;
  readonly lastSeq: number;
  readonly entries: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** False when somebody else writes the archive now, or the run is not running: then the part counts for nothing. */
export function addArchivePart(pool: Pool, writer: Writer, part: ArchivePart): Promise<boolean> {
  return asWriter(pool, writer, async (ask) => {
    const { tenantId, runId } = writer;
    await ask({
      name: 'add-archive-part',
      text: `INSERT INTO retention_archive_part (tenant_id, run_id, number, name, seqs, last_seq, entries, bytes, sha256) VALUES ($1, $2, $3, $4, $5::int8multirange, $6, $7, $8, $9)`,
      values: [tenantId, runId, part.number, part.name, part.seqs, part.lastSeq, part.entries, part.bytes, part.sha256],
    });
  });
}

/** Parts whose files are not there as they were written: they are written again. */
export function dropArchiveParts(pool: Pool, writer: Writer, { fromNumber }: { readonly fromNumber: number }): Promise<boolean> {
  return asWriter(pool, writer, async (ask) => {
    await ask({
      name: 'drop-archive-parts',
      text: 'DELETE FROM retention_archive_part WHERE tenant_id = $1 AND run_id = $2 AND number >= $3',
      values: [writer.tenantId, writer.runId, fromNumber],
    });
  });
}

export function sealArchive(pool: Pool, writer: Writer, { signed, now }: { readonly signed: SignedCheckpoint; readonly now: string }): Promise<boolean> {
  return asWriter(pool, writer, async (ask) => {
    await ask({
      name: 'seal-archive',
      text: 'UPDATE retention_archive SET manifest = $3, key_id = $4, signature = $5, sealed_at = $6 WHERE tenant_id = $1 AND run_id = $2',
      values: [writer.tenantId, writer.runId, signed.body, signed.keyId, Buffer.from(signed.signature), now],
    });
  });
}

export async function listArchiveParts(ask: Ask, { tenantId, runId }: RunRef): Promise<ArchivePart[]> {
  const rows = await ask<{ number: number; name: string; seqs: string; last_seq: string; entries: string; bytes: string; sha256: string }>({
    name: 'archive-parts',
    text: 'SELECT number, name, seqs::text AS seqs, last_seq, entries, bytes, sha256 FROM retention_archive_part WHERE tenant_id = $1 AND run_id = $2 ORDER BY number',
    values: [tenantId, runId],
  });
  return rows.map((row) => ({ ...row, lastSeq: Number(row.last_seq), entries: Number(row.entries), bytes: Number(row.bytes) }));
}

/** Null while it is not sealed. */
export async function findSealed(ask: Ask, { tenantId, runId }: RunRef): Promise<SignedCheckpoint | null> {
  const [row] = await ask<{ manifest: string; key_id: string; signature: Buffer }>({
    name: 'sealed-archive',
    text: 'SELECT manifest, key_id, signature FROM retention_archive WHERE tenant_id = $1 AND run_id = $2 AND sealed_at IS NOT NULL',
    values: [tenantId, runId],
  });
  return row === undefined ? null : { body: row.manifest, keyId: row.key_id, signature: row.signature };
}

/** Locks the run first: whoever pauses or cancels it waits for the part, and nothing is added after their answer. */
function asWriter(pool: Pool, { tenantId, runId, fence }: Writer, write: (ask: Ask) => Promise<void>): Promise<boolean> {
  return inTenant(pool, tenantId, async (client) => {
    const ask = asking(client);
    if (!(await isRunning(ask, { tenantId, runId }))) return false;
    const [row] = await ask<{ fence: string }>({
      name: 'lock-archive',
      text: 'SELECT fence FROM retention_archive WHERE tenant_id = $1 AND run_id = $2 AND sealed_at IS NULL FOR UPDATE',
      values: [tenantId, runId],
    });
    if (Number(row?.fence ?? 0) !== fence) return false;
    await write(ask);
    return true;
  });
}

async function isRunning(ask: Ask, { tenantId, runId }: RunRef): Promise<boolean> {
  const [run] = await ask<{ state: string }>({ name: 'lock-run-of-archive', text: 'SELECT state FROM retention_run WHERE tenant_id = $1 AND id = $2 FOR UPDATE', values: [tenantId, runId] });
  return run?.state === 'running';
}
