// What a handler may answer with beside the plain reply value: JSON that is text already, another status, other headers.
import type { Readable } from 'node:stream';
import type { z } from 'zod';
import type { Refusal } from '../../domain/shared/refusal.ts';

/** JSON that stands as text already (a page built by PostgreSQL): sent as it is, part after part, never parsed and never put together. */
export class RawJson {
  readonly parts: readonly string[];

  constructor(parts: readonly string[]) {
    this.parts = parts;
  }

  /** For tests and checks: putting a large page together costs as much as encoding it. */
  get text(): string {
    return this.parts.join('');
  }
}

/** A reply with its own status or headers. */
export class Answer<Body> {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body | RawJson;

  constructor({ status, headers = {}, body }: AnswerParts<Body>) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

export interface AnswerParts<Body> {
  readonly status?: number | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Body | RawJson;
}

/** Bytes that are sent as they are read, never held whole. */
export class ByteStream {
  /** Null where it is not known before: then only the end of the answer tells that it is whole. */
  readonly bytes: number | null;
  /** Called once, when the answer begins. */
  readonly open: () => Readable;

  constructor({ bytes, open }: { readonly bytes: number | null; readonly open: () => Readable }) {
    this.bytes = bytes;
    this.open = open;
  }
}

/** A reply that is no JSON: the handler gives its text or its bytes. */
export class MediaReply {
  /** The first is sent unless the answer's own headers name another. */
  readonly mediaTypes: readonly [string, ...string[]];

  constructor(mediaTypes: readonly [string, ...string[]]) {
    this.mediaTypes = mediaTypes;
  }
}

/** The answer of this request in another form than the route's usual one, where the caller asked for it. */
export class OtherMedia {
  readonly mediaType: string;
  readonly text: string;

  constructor({ mediaType, text }: { readonly mediaType: string; readonly text: string }) {
    this.mediaType = mediaType;
    this.text = text;
  }
}

class NoContent {
  readonly status = 204;
}

export type ReplySpec = z.ZodType | MediaReply | NoContent;
export type ReplyOf<Spec extends ReplySpec> = Spec extends MediaReply
  ? string | Uint8Array | ByteStream
  : Spec extends NoContent
    ? undefined
    : z.output<Spec>;

/** Everything a handler may return. */
export type Handled<Body> = Body | RawJson | OtherMedia | Answer<Body> | Refusal;

export function rawJson(...parts: readonly string[]): RawJson {
  return new RawJson(parts);
}

export function answer<Body>(parts: AnswerParts<Body>): Answer<Body> {
  return new Answer(parts);
}

export function media(...mediaTypes: readonly [string, ...string[]]): MediaReply {
  return new MediaReply(mediaTypes);
}

/** 204: done, and there is nothing to say. */
export const noContent = new NoContent();

export function isNoContent(spec: ReplySpec): spec is NoContent {
  return spec instanceof NoContent;
}
