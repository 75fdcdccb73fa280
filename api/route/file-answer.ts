// A file as an answer: whole or one range of it, with what a client needs to go on where it broke off.
import type { FoundPart } from '../../db/parts/part-files.ts';
import { ByteStream, answer } from './reply.ts';
import type { Answer } from './reply.ts';

export interface FileAnswer {
  readonly part: FoundPart;
  readonly name: string;
  /** In hex; names this content for good. Null where nobody has summed it. */
  readonly sha256: string | null;
  readonly mediaType: string;
  /** The request's headers of these names. */
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
}

/** For a route's `otherStatuses`. */
export const rangeStatuses = { 206: 'The range of it that was asked for', 416: 'It has no such range' } as const;

/** Ranges of other units, several at once, or of another content than the client has in part: the whole is the answer, as HTTP allows. */
export function fileAnswer({ part, name, sha256, mediaType, range, ifRange }: FileAnswer): Answer<ByteStream | string> {
  const etag = sha256 === null ? null : `"${sha256}"`;
  const headers = { 'content-type': mediaType, 'accept-ranges': 'bytes', ...(etag === null ? {} : { etag }), 'content-disposition': `attachment; filename="${name}"` };
  const wanted = range === undefined || (ifRange !== undefined && ifRange !== etag) ? null : wantedRange(range, part.bytes);
  if (wanted === null) return answer({ headers, body: new ByteStream({ bytes: part.bytes, open: () => part.read() }) });
  if (wanted === 'none') return answer({ status: 416, headers: { 'content-range': `bytes */${String(part.bytes)}` }, body: '' });
  const { start, end } = wanted;
  return answer({
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${String(start)}-${String(end)}/${String(part.bytes)}` },
    body: new ByteStream({ bytes: end - start + 1, open: () => part.read(wanted) }),
  });
}

/** Null for the whole. */
export function wantedRange(header: string, bytes: number): { readonly start: number; readonly end: number } | 'none' | null {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header) ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return null;
  if (first === '') {
    const count = Math.min(Number(last), bytes);
    return count === 0 ? 'none' : { start: bytes - count, end: bytes - 1 };
  }
  const start = Number(first);
  const end = last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1);
  if (last !== '' && Number(last) < start) return null;
  return start >= bytes ? 'none' : { start, end };
}
