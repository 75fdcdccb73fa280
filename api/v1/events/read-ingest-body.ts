// From the bytes of an ingest call to its entries as values, each with the problems its JSON has.
import { ingestLimits } from '../../../domain/journal/ingest-limits.ts';
import { refuse, refuseFields } from '../../../domain/shared/refusal.ts';
import type { FieldProblem, Refusal } from '../../../domain/shared/refusal.ts';
import type { ReceivedBytes } from '../../route/body-spec.ts';
import { decodeUtf8, parseJson, refuseJson } from '../../route/parse-json.ts';

/** One entry as it was sent; with problems, its value is not to be used. */
export interface SentEntry {
  readonly value: unknown;
  readonly problems: readonly FieldProblem[];
}

export function readIngestBody({ bytes, mediaType }: ReceivedBytes): readonly SentEntry[] | Refusal {
  const text = decodeUtf8(bytes);
  if (text === null) return refuse('BAD_REQUEST', { message: 'The body is not UTF-8.' });
  const entries = mediaType === 'application/x-ndjson' ? readLines(text) : readDocument(text);
  if (!Array.isArray(entries)) return entries;
  if (entries.length === 0) return refuseFields([{ field: 'events', expected: 'expected at least one entry' }]);
  if (entries.length > ingestLimits.entriesPerCall) {
    return refuse('PAYLOAD_TOO_LARGE', { message: `A call holds at most ${String(ingestLimits.entriesPerCall)} entries.` });
  }
  return bytes.length <= ingestLimits.entryBytes || mediaType === 'application/x-ndjson' ? entries : entries.map(withSizeChecked);
}

function readLines(text: string): SentEntry[] {
  const entries: SentEntry[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    // One more than allowed is enough to know: the rest need not be parsed.
    if (entries.length > ingestLimits.entriesPerCall) break;
    const parsed = parseJson(line, { rootName: 'entry' });
    if (isTooLong(line)) entries.push(tooLarge);
    else if (parsed.kind === 'value') entries.push({ value: parsed.value, problems: [] });
    else if (parsed.kind === 'unfit') entries.push({ value: undefined, problems: parsed.problems });
    else entries.push({ value: undefined, problems: [{ field: 'entry', expected: parsed.expected }] });
  }
  return entries;
}

function readDocument(text: string): SentEntry[] | Refusal {
  const parsed = parseJson(text, { rootName: 'entry' });
  if (parsed.kind === 'malformed') return refuseJson(parsed);
  // Unfit values make their own entries unfit; the others are read as they stand.
  const document: unknown = parsed.kind === 'value' ? parsed.value : JSON.parse(text);
  const problems = parsed.kind === 'unfit' ? parsed.problems : [];
  if (!isBatch(document)) return [{ value: document, problems }];
  const stray = Object.keys(document).filter((key) => key !== 'events');
  if (stray.length > 0) return refuseFields(stray.map((field) => ({ field, expected: 'expected no such field beside events' })));
  if (!Array.isArray(document.events)) return refuseFields([{ field: 'events', expected: 'expected an array of entries' }]);
  if (problems.some(({ field }) => !inEvents.test(field))) return refuseFields(problems);
  const byEntry = Map.groupBy(problems, ({ field }) => Number(inEvents.exec(field)?.[1]));
  return document.events.map((value: unknown, index) => ({
    value,
    problems: (byEntry.get(index) ?? []).map(({ field, expected }) => ({ field: field.replace(inEvents, '') || 'entry', expected })),
  }));
}

const inEvents = /^events\[(\d+)\]\.?/;

function isBatch(document: unknown): document is { readonly events: unknown } {
  return typeof document === 'object' && document !== null && 'events' in document;
}

function withSizeChecked(entry: SentEntry): SentEntry {
  const bytes = entry.problems.length > 0 ? 0 : Buffer.byteLength(JSON.stringify(entry.value));
  return bytes <= ingestLimits.entryBytes ? entry : tooLarge;
}

/** White space aside, which a line of its own has no use for, a line is as long as its entry. One UTF-16 unit is at most three bytes. */
function isTooLong(line: string): boolean {
  return line.length * 3 > ingestLimits.entryBytes && Buffer.byteLength(line) > ingestLimits.entryBytes;
}

const tooLarge: SentEntry = { value: undefined, problems: [{ field: 'entry', expected: `expected at most ${String(ingestLimits.entryBytes)} bytes as JSON` }] };
