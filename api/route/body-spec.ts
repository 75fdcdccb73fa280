// The kinds of body a route may take: JSON by a schema, or the bytes as they came.
import type { z } from 'zod';

const kib = 1024;
const mib = 1024 * kib;

export const jsonLimitBytes = mib;
export const ingestLimitBytes = 16 * mib;

/** The handler reads the bytes itself: NDJSON, or a signature over exactly these bytes. */
export class RawBody {
  /** The media types taken; anything else is refused before the body is read. */
  readonly mediaTypes: readonly [string, ...string[]];
  readonly limitBytes: number;
  /** What the bytes should hold; only for the document, the handler checks it. */
  readonly documentedAs: z.ZodType | undefined;

  constructor({ mediaTypes, limitBytes, documentedAs }: RawBodyParts) {
    this.mediaTypes = mediaTypes;
    this.limitBytes = limitBytes;
    this.documentedAs = documentedAs;
  }
}

export interface RawBodyParts {
  readonly mediaTypes: readonly [string, ...string[]];
  readonly limitBytes: number;
  readonly documentedAs?: z.ZodType;
}

/** What a handler of a raw body is given. */
export interface ReceivedBytes {
  readonly bytes: Buffer;
  /** Lower case and without parameters; one of the route's media types. */
  readonly mediaType: string;
}

export type BodySpec = z.ZodType | RawBody;
export type BodyOf<Spec extends BodySpec> = Spec extends RawBody ? ReceivedBytes : z.output<Spec>;

export function rawBody(parts: RawBodyParts): RawBody {
  return new RawBody(parts);
}

/** The body of ingest: one entry or many as JSON, or one entry a line. */
export function ingestBody(documentedAs?: z.ZodType): RawBody {
  return new RawBody({
    mediaTypes: ['application/json', 'application/x-ndjson'],
    limitBytes: ingestLimitBytes,
    ...(documentedAs === undefined ? {} : { documentedAs }),
  });
}
