// A log in a file of lines: written, and read back as the verifier wants it.
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { certificateLine, endLine, headerLine, readLogLine, recordLine, runUnderWayLines } from '../../domain/evidence/log-lines.ts';
import type { SignedCheckpoint } from '../../domain/evidence/checkpoint.ts';
import type { LogHeader, LogLine } from '../../domain/evidence/log-lines.ts';
import type { RunEvidence, RunPlan } from '../../domain/evidence/judge-removals.ts';
import type { LogRecord } from '../../domain/evidence/verify-log.ts';

const recordsPerPage = 500;

export interface LogToWrite {
  readonly header: LogHeader;
  readonly pages: AsyncIterable<readonly LogRecord[]>;
  /** Asked for when the pages are written. */
  evidence(): Promise<RunEvidence>;
}

/** A file that is there already is left alone. Answers how many records were written. */
export async function writeLogFile(path: string, { header, pages, evidence }: LogToWrite): Promise<number> {
  let records = 0;
  async function* lines(): AsyncGenerator<string> {
    yield `${headerLine(header)}\n`;
    for await (const page of pages) {
      records += page.length;
      yield page.map((record) => `${recordLine(record)}\n`).join('');
    }
    const { certificates, plans } = await evidence();
    for (const [runId, signed] of certificates) yield `${certificateLine(runId, signed)}\n`;
    for (const [runId, plan] of plans) for (const line of runUnderWayLines(runId, plan)) yield `${line}\n`;
    yield `${endLine(records)}\n`;
  }
  await pipeline(Readable.from(lines()), createWriteStream(path, { flags: 'wx' }));
  return records;
}

export interface ReadLog {
  readonly header: LogHeader;
  readonly pages: AsyncIterable<readonly LogRecord[]>;
  /** Complete when the pages have been read. */
  readonly evidence: RunEvidence;
}

/** Throws, naming the line, when the file is not a whole log. */
export async function readLogFile(path: string): Promise<ReadLog> {
  const lines = parsedLines(path);
  const first = await lines.next();
  if (first.done === true || first.value.kind !== 'header') throw new Error(`${path} does not begin as the file of a log does`);
  const evidence = { certificates: new Map<string, SignedCheckpoint>(), plans: new Map<string, OpenPlan>() };
  return { header: first.value.header, pages: pagesOf(path, { lines, evidence }), evidence };
}

type OpenPlan = RunPlan & { readonly parts: string[] };

interface LinesToRead {
  readonly lines: AsyncIterable<LogLine>;
  readonly evidence: { readonly certificates: Map<string, SignedCheckpoint>; readonly plans: Map<string, OpenPlan> };
}

async function* pagesOf(path: string, { lines, evidence }: LinesToRead): AsyncGenerator<readonly LogRecord[]> {
  let page: LogRecord[] = [];
  let records = 0;
  let said: number | null = null;
  for await (const line of lines) {
    if (said !== null) throw new Error(`${path} goes on after its end`);
    if (line.kind === 'header') throw new Error(`${path} begins anew in its middle`);
    if (line.kind === 'end') said = line.records;
    else if (line.kind === 'certificate') evidence.certificates.set(line.runId, line.signed);
    else if (line.kind === 'run under way') {
      if (line.plan !== null) evidence.plans.set(line.runId, { ...line.plan, parts: [] });
    } else if (line.kind === 'plan part') evidence.plans.get(line.runId)?.parts.push(line.seqs);
    else {
      page.push(line);
      records += 1;
    }
    if (page.length >= recordsPerPage) {
      yield page;
      page = [];
    }
  }
  yield page;
  if (said !== records) throw new Error(`${path} was cut off or shortened: it holds ${String(records)} records${said === null ? ' and no last line' : ` and says ${String(said)}`}`);
}

async function* parsedLines(path: string): AsyncGenerator<LogLine, undefined> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
  let number = 0;
  for await (const text of lines) {
    number += 1;
    const line = readLogLine(text);
    if (line === null) throw new Error(`${path}: line ${String(number)} cannot be read`);
    yield line;
  }
  return undefined;
}
