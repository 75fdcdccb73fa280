// An export of a million entries, asked for at the door and written by a process of its own, beside COPY TO of the same columns; and the memory that process needs.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExportDone, ExportOrder } from '../export-process.ts';
import { fillLog } from '../fill-log.ts';
import type { BenchInstallation } from '../installation.ts';
import type { Comparison } from '../measure.ts';

const entries = 1_000_000;
const months = 12;
const tenantId = 'demo';
const exportsPath = '/api/v1/enterprise/audit/exports';
const mostBytes = 256 * 1024 * 1024;

type Made = Promise<{ comparison: Comparison; end: () => Promise<void> }>;

export function exportCsv(installation: BenchInstallation): Made {
  return compareExport(installation, 'csv');
}

export function exportNdjson(installation: BenchInstallation): Made {
  return compareExport(installation, 'ndjson');
}

async function compareExport(installation: BenchInstallation, format: 'csv' | 'ndjson'): Made {
  const { lastSeq } = await fillLog({ ownerUrl: installation.ownerUrl, entries, months });
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-bench-export-'));
  const ours = await startWriter(installation, directory);
  const floor = await startWriter(installation, directory);
  let maxRssBytes = 0;
  const comparison: Comparison = {
    name: `export-${format}`,
    unit: 'entries',
    oursIs: `an export of the whole log as ${format}: counted, written into parts with checksums, each made safe and entered, manifest signed`,
    floorIs: `one COPY TO of the same columns under the same row security by the same driver into a file${format === 'ndjson' ? ', each row made JSON by the database' : ''}`,
    target: 0.7,
    ours: {
      async round() {
        const exportId = await askForExport(installation, format);
        const done = await carried(ours, { kind: 'export', ref: { tenantId, exportId } });
        maxRssBytes = Math.max(maxRssBytes, done.maxRssBytes);
        return rowsOf(installation, exportId);
      },
    },
    floor: { round: async () => (await carried(floor, { kind: 'copy', tenantId, format, throughSeq: lastSeq })).rows },
  };
  return {
    comparison,
    async end() {
      const verdict = maxRssBytes < mostBytes ? 'met' : 'NOT met';
      process.stdout.write(`  memory of the process that writes: ${String(Math.round(maxRssBytes / 1024 / 1024))} MiB at most  (target 256: ${verdict})\n\n`);
      for (const writer of [ours, floor]) writer.disconnect();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** As the application's role. */
async function startWriter({ ownerUrl }: BenchInstallation, directory: string): Promise<ChildProcess> {
  const appUrl = new URL(ownerUrl);
  appUrl.username = 'bench_app';
  appUrl.password = 'bench';
  const writer = fork(fileURLToPath(new URL('../export-process.ts', import.meta.url)), [appUrl.href, directory], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  await once(writer, 'message');
  return writer;
}

async function carried(writer: ChildProcess, order: ExportOrder): Promise<ExportDone> {
  const answered = once(writer, 'message');
  writer.send(order);
  const [done] = (await answered) as [ExportDone];
  return done;
}

async function askForExport({ apiUrl, token }: BenchInstallation, format: string): Promise<string> {
  const answer = await fetch(`${apiUrl}${exportsPath}`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify({ format }) });
  if (answer.status !== 202) throw new Error(`the export was answered ${String(answer.status)}: ${await answer.text()}`);
  return ((await answer.json()) as { id: string }).id;
}

async function rowsOf({ apiUrl, token }: BenchInstallation, exportId: string): Promise<number> {
  const answer = await fetch(`${apiUrl}${exportsPath}/${exportId}`, { headers: { authorization: `Bearer ${token}` } });
  const { state, progress } = (await answer.json()) as { state: string; progress: { rows: number } };
  if (state !== 'completed') throw new Error(`the export is ${state}`);
  return progress.rows;
}
