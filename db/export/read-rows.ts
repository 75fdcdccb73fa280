// The rows of one part of an export as bytes: short statements one after the other, each a transaction of its own.
import type { ExportFormat } from '../../domain/export/export.schema.ts';
import type { Pool } from '../pool.ts';
import { beginAs, commit } from '../tenant-transaction.ts';
import { CopyRows } from './copy-rows.ts';
import type { RowFrame } from './copy-rows.ts';
import { copySql } from './copy-sql.ts';
import type { RowsAsked } from './copy-sql.ts';
import { windowsOf } from './seq-window.ts';
import type { SeqWindow } from './seq-window.ts';

export interface PartAsked extends RowsAsked {
  readonly window: SeqWindow;
  /** As many as were counted when the export was planned. */
  readonly rows: number;
}

/** Entries that were counted are not there any more: what is left would be less than was promised. */
export class RowsAreGone extends Error {
  override readonly name = 'RowsAreGone';
}

export interface BetweenStatements {
  /** Before each statement but the first; what it throws ends the reading. */
  betweenStatements?(): Promise<void> | void;
}

/** A whole file of its format. `pool` must not be pipelined. */
export async function* readPart(pool: Pool, part: PartAsked, { betweenStatements }: BetweenStatements = {}): AsyncGenerator<Buffer> {
  const { head, tail, frame } = framed(part);
  yield Buffer.from(head);
  let rows = 0;
  for (const window of windowsOf(part.window)) {
    if (window.afterSeq !== part.window.afterSeq) await betweenStatements?.();
    const copy = new CopyRows(copySql(part, window), { ...frame, isFirst: rows === 0 });
    yield* copied(pool, part.tenantId, copy);
    rows += copy.rows;
  }
  requireRows(rows, { ...part.window, rows: part.rows });
  yield Buffer.from(tail);
}

interface CountedWindow extends SeqWindow {
  readonly rows: number;
}

/** One document of several stretches, each of them read whole before it is given: whoever takes them slowly holds no statement open. */
export async function* readRowsOf(pool: Pool, asked: RowsAsked, stretches: readonly CountedWindow[]): AsyncGenerator<Buffer> {
  const { head, tail, frame } = framed(asked);
  yield Buffer.from(head);
  let isFirst = true;
  for (const stretch of stretches) {
    let rows = 0;
    for (const window of windowsOf(stretch)) {
      const copy = new CopyRows(copySql(asked, window), { ...frame, isFirst });
      const blocks: Buffer[] = [];
      for await (const block of copied(pool, asked.tenantId, copy)) blocks.push(block);
      yield* blocks;
      rows += copy.rows;
      if (copy.rows > 0) isFirst = false;
    }
    requireRows(rows, stretch);
  }
  yield Buffer.from(tail);
}

function requireRows(rows: number, { afterSeq, throughSeq, rows: counted }: CountedWindow): void {
  if (rows !== counted) throw new RowsAreGone(`${String(counted)} entries were counted between seq ${String(afterSeq + 1)} and ${String(throughSeq)}, and ${String(rows)} are there`);
}

async function* copied(pool: Pool, tenantId: string, copy: CopyRows): AsyncGenerator<Buffer> {
  const client = await pool.connect();
  let broken: Error | boolean = true;
  try {
    await client.query(beginAs(tenantId));
    client.query(copy);
    yield* copy.blocks();
    await commit(client);
    broken = false;
  } catch (error) {
    // Not worth repairing: the next statement has a connection of its own.
    broken = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    client.release(broken);
  }
}

interface Framed {
  readonly head: string;
  readonly tail: string;
  readonly frame: RowFrame;
}

function framed({ format, columns }: RowsAsked): Framed {
  return { head: format === 'csv' ? `${columns.join(',')}\r\n` : frames[format].head, tail: frames[format].tail, frame: frames[format].frame };
}

const frames: Readonly<Record<ExportFormat, Framed>> = {
  csv: { head: '', tail: '', frame: { between: '', after: '\r\n' } },
  ndjson: { head: '', tail: '', frame: { between: '', after: '\n' } },
  json: { head: '[\n', tail: '\n]\n', frame: { between: ',\n', after: '' } },
};
