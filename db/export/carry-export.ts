// The steps of whoever writes an export, each a transaction that is fenced: of several who think it is theirs, only the last to claim it is believed.
import type { ExportColumn } from '../../domain/export/columns.ts';
import type { ExportForm } from '../../domain/export/export.schema.ts';
import { leaseHours } from '../../domain/export/limits.ts';
import { asking } from '../access/ask.ts';
import type { Ask } from '../access/ask.ts';
import type { Pool } from '../pool.ts';
import { inTenant } from '../tenant-transaction.ts';
import type { ExportRef } from './export-rows.ts';
import type { PartPlan } from './plan-parts.ts';
import { selectionFromJson } from './selection.ts';
import type { ExportSelection } from './selection.ts';

export interface Claim extends ExportRef {
  /** Higher than that of everybody who claimed it before. */
  readonly fence: number;
}

export interface ClaimedExport extends Claim {
  readonly form: ExportForm;
  readonly columns: readonly ExportColumn[];
  readonly selection: ExportSelection;
  readonly asOfSeq: number;
  readonly isPlanned: boolean;
  /** What it had to read was removed after its lease had run out. */
  readonly isGone: boolean;
}

/** What a step met; `lost` when the export was cancelled, has ended, or is somebody else's by now. */
export type Step = 'done' | 'lost' | 'gone';

/** Null when there is nothing to write any more. */
export function claimExport(pool: Pool, { tenantId, exportId }: ExportRef, now: string): Promise<ClaimedExport | null> {
  return inTenant(pool, tenantId, async (client) => {
    const [row] = await asking(client)<ClaimRow>({
      name: 'claim-export',
      text: `UPDATE audit_export SET state = 'running', started_at = coalesce(started_at, $3), fence = fence + 1, pinned_until = ${leaseFromNow}
        WHERE tenant_id = $1 AND id = $2 AND state IN ('queued', 'running')
        RETURNING fence, format, compress, columns, selection, as_of_seq, planned_parts, pin_broken`,
      values: [tenantId, exportId, now],
    });
    if (row === undefined) return null;
    const { format, compress, columns } = row;
    const selection = selectionFromJson(row.selection);
    return { tenantId, exportId, fence: Number(row.fence), form: { format, compress }, columns, selection, asOfSeq: Number(row.as_of_seq), isPlanned: row.planned_parts !== null, isGone: row.pin_broken };
  });
}

export function keepPlan(pool: Pool, claim: Claim, { rows, parts }: PartPlan): Promise<Step> {
  return asClaimed(pool, claim, async (ask) => {
    const { tenantId, exportId } = claim;
    await ask({
      name: 'plan-export-parts',
      text: `INSERT INTO audit_export_part (tenant_id, export_id, number, after_seq, through_seq, rows)
        SELECT $1, $2, * FROM unnest($3::int[], $4::bigint[], $5::bigint[], $6::bigint[])`,
      values: [tenantId, exportId, parts.map(({ number }) => number), parts.map(({ afterSeq }) => afterSeq), parts.map(({ throughSeq }) => throughSeq), parts.map((part) => part.rows)],
    });
    await ask({ name: 'export-is-planned', text: 'UPDATE audit_export SET planned_parts = $3, of = $4 WHERE tenant_id = $1 AND id = $2', values: [tenantId, exportId, parts.length, rows] });
  });
}

export interface PartToWrite {
  readonly number: number;
  readonly afterSeq: number;
  readonly throughSeq: number;
  readonly rows: number;
}

/** Those that are not written yet, in their order. */
export async function partsToWrite(pool: Pool, { tenantId, exportId }: ExportRef): Promise<PartToWrite[]> {
  const rows = await inTenant(pool, tenantId, (client) =>
    asking(client)<{ number: number; after_seq: string; through_seq: string; rows: string }>({
      name: 'export-parts-to-write',
      text: 'SELECT number, after_seq, through_seq, rows FROM audit_export_part WHERE tenant_id = $1 AND export_id = $2 AND file IS NULL ORDER BY number',
      values: [tenantId, exportId],
    }),
  );
  return rows.map((row) => ({ number: row.number, afterSeq: Number(row.after_seq), throughSeq: Number(row.through_seq), rows: Number(row.rows) }));
}

export interface WrittenPart {
  readonly part: PartToWrite;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** The part counts from here on; and what it was made of is pinned no longer. */
export function keepPart(pool: Pool, claim: Claim, { part, file, bytes, sha256 }: WrittenPart): Promise<Step> {
  return asClaimed(pool, claim, async (ask) => {
    const { tenantId, exportId } = claim;
    const { number, throughSeq, rows } = part;
    await ask({
      name: 'keep-export-part',
      text: 'UPDATE audit_export_part SET file = $4, bytes = $5, sha256 = $6 WHERE tenant_id = $1 AND export_id = $2 AND number = $3',
      values: [tenantId, exportId, number, file, bytes, sha256],
    });
    await ask({
      name: 'export-goes-on',
      text: `UPDATE audit_export SET rows = rows + $3, bytes = bytes + $4, parts = $5, after_seq = $6, pinned_until = ${leaseFromNow} WHERE tenant_id = $1 AND id = $2`,
      values: [tenantId, exportId, rows, bytes, number, throughSeq],
    });
  });
}

/** Without a change, for whoever is about to spend time on it. */
export function stillClaimed(pool: Pool, claim: Claim): Promise<Step> {
  return asClaimed(pool, claim, () => Promise.resolve());
}

async function asClaimed(pool: Pool, { tenantId, exportId, fence }: Claim, work: (ask: Ask) => Promise<void>): Promise<Step> {
  return inTenant(pool, tenantId, async (client) => {
    const ask = asking(client);
    const step = await lockClaimed(ask, { tenantId, exportId, fence });
    if (step === 'done') await work(ask);
    return step;
  });
}

/** Until the transaction ends nobody else claims, cancels or ends it. */
export async function lockClaimed(ask: Ask, { tenantId, exportId, fence }: Claim): Promise<Step> {
  const [row] = await ask<{ state: string; fence: string; pin_broken: boolean }>({
    name: 'lock-claimed-export',
    text: 'SELECT state, fence, pin_broken FROM audit_export WHERE tenant_id = $1 AND id = $2 FOR UPDATE',
    values: [tenantId, exportId],
  });
  if (row?.state !== 'running' || Number(row.fence) !== fence) return 'lost';
  return row.pin_broken ? 'gone' : 'done';
}

const leaseFromNow = `clock_timestamp() + make_interval(hours => ${String(leaseHours)})`;

interface ClaimRow extends ExportForm {
  readonly fence: string;
  readonly columns: readonly ExportColumn[];
  readonly selection: unknown;
  readonly as_of_seq: string;
  readonly planned_parts: number | null;
  readonly pin_broken: boolean;
}
