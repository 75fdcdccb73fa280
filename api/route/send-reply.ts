// From what a handler answered to bytes on the wire.
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import type { z } from 'zod';
import type { Route } from './define-route.ts';
import type { Problem } from './dialect.ts';
import { Answer, ByteStream, MediaReply, OtherMedia, RawJson, isNoContent } from './reply.ts';
import { check } from './field-problems.ts';

export interface ReadyReply {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string | Uint8Array | RawJson | ByteStream;
}

/** `checkReplies` compares the reply with its schema; a difference is our fault and thrown. */
export function readyReply(
  handled: unknown,
  { route, checkReplies }: { readonly route: Route; readonly checkReplies: boolean },
): ReadyReply {
  if (handled instanceof OtherMedia) return readyOtherMedia(handled, route);
  const {
    status = route.status,
    headers,
    body,
  } = handled instanceof Answer ? (handled as Answer<unknown>) : { status: route.status, headers: none, body: handled };
  if (checkReplies) assertDocumented({ route, status, body });
  if (isNoContent(route.reply)) return { status, headers, body: '' };
  if (route.reply instanceof MediaReply)
    return { status, headers: { 'content-type': route.reply.mediaTypes[0], ...headers }, body: asMedia({ route, body }) };
  return { status, headers: { 'content-type': jsonType, ...headers }, body: body instanceof RawJson ? body : JSON.stringify(body) };
}

function readyOtherMedia({ mediaType, text }: OtherMedia, route: Route): ReadyReply {
  if (!route.alsoAs.includes(mediaType)) throw new Error(`${route.method} ${route.path} answered as ${mediaType}, which it does not document`);
  return { status: route.status, headers: { 'content-type': mediaType }, body: text };
}

export function readyProblem({ status, headers, body }: Problem): ReadyReply {
  return { status, headers: { 'content-type': jsonType, ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

/** `base` are the headers of every answer; the reply's own stand above them. */
export function sendReply(
  response: ServerResponse,
  { reply, base }: { readonly reply: ReadyReply; readonly base: OutgoingHttpHeaders },
): void {
  const { status, headers, body } = reply;
  const begin = (length: number | null): void => {
    response.writeHead(status, status === 204 || length === null ? { ...base, ...headers } : { ...base, ...headers, 'content-length': length });
  };
  if (body instanceof RawJson) {
    sendParts(response, body, begin);
  } else if (body instanceof ByteStream) {
    begin(body.bytes);
    sendStream(response, body);
  } else {
    begin(Buffer.byteLength(body));
    response.end(body);
  }
}

/** As bytes, which the socket takes as they are: a text would be copied once to be counted and once more to be sent. */
function sendParts(response: ServerResponse, { parts }: RawJson, begin: (length: number) => void): void {
  const bytes = parts.map((part) => Buffer.from(part));
  begin(bytes.reduce((sum, { byteLength }) => sum + byteLength, 0));
  response.cork();
  for (const part of bytes) response.write(part);
  response.uncork();
  response.end();
}

/** Whoever takes nothing for so long is not served any more: an open file is held for them. */
const idleMs = 30_000;

/** What breaks off after the headers can only be cut: the length, or the missing end, says that it is not whole. */
function sendStream(response: ServerResponse, body: ByteStream): void {
  response.setTimeout(idleMs, () => response.destroy());
  pipeline(body.open(), response, () => undefined);
}

const none: OutgoingHttpHeaders = {};
const jsonType = 'application/json; charset=utf-8';

function asMedia({ route, body }: { readonly route: Route; readonly body: unknown }): ReadyReply['body'] {
  if (typeof body === 'string' || body instanceof Uint8Array || body instanceof ByteStream) return body;
  throw new Error(`${route.method} ${route.path} answered neither text nor bytes`);
}

function assertDocumented({ route, status, body }: { readonly route: Route; readonly status: number; readonly body: unknown }): void {
  const name = `${route.method} ${route.path}`;
  if (status !== route.status && !(status in route.otherStatuses))
    throw new Error(`${name} answered the status ${String(status)}, which it does not document`);
  if (isNoContent(route.reply)) {
    if (body !== undefined) throw new Error(`${name} answered something, but documents nothing`);
  } else if (!(route.reply instanceof MediaReply)) {
    assertFits({ name, schema: route.reply, body });
  }
}

function assertFits({ name, schema, body }: { readonly name: string; readonly schema: z.ZodType; readonly body: unknown }): void {
  const value: unknown = body instanceof RawJson ? JSON.parse(body.text) : JSON.parse(JSON.stringify(body));
  const { problems } = check(schema, { value, rootName: 'reply' });
  if (problems.length > 0) throw new Error(`${name} answered what it does not document: ${JSON.stringify(problems.slice(0, 5))}`);
}
