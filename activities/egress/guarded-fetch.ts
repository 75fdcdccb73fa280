// The only way out: a fetch that connects to judged addresses alone, follows no redirect, and reads no more than it is told to.
import { lookup as resolve } from 'node:dns';
import type { LookupAddress, LookupOptions } from 'node:dns';
import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { Readable, Transform, pipeline } from 'node:stream';
import { mayReach } from '../../domain/egress/may-reach.ts';
import type { ReachRules } from '../../domain/egress/may-reach.ts';

export interface GuardedFetchOptions extends ReachRules {
  readonly mostBytes: number;
}

export class EgressRefused extends Error {
  override readonly name = 'EgressRefused';
}

export class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge';
}

/** Takes what clients of HTTP interfaces send: a URL, a method, headers, a text or bytes, a signal. */
export function createGuardedFetch({ allowed, mostBytes }: GuardedFetchOptions): (url: string | URL | Request, init?: RequestInit) => Promise<Response> {
  const lookup = guardedLookup({ allowed });
  return async (target, init = {}) => {
    const url = new URL(target instanceof Request ? target.url : target);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new EgressRefused(`${url.protocol} is no way out`);
    const literal = url.hostname.replace(/^\[|\]$/g, '');
    // For a literal address nothing is looked up.
    if (isIP(literal) !== 0 && !mayReach(literal, { allowed })) throw refusedAddress();
    const body = bytesOf(init.body);
    const answer = await new Promise<IncomingMessage>((answered, failed) => {
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
      const request = send(url, {
        method: init.method ?? 'GET',
        headers: Object.fromEntries(new Headers(init.headers)),
        lookup,
        // A connection of its own: one that is kept could lead elsewhere by now.
        agent: false,
        ...(init.signal == null ? {} : { signal: init.signal }),
      });
      request.once('response', answered);
      request.once('error', failed);
      request.end(body);
    });
    return responseOf(answer, { mostBytes });
  };
}

type Callback = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/** One forbidden address among several refuses the name: which of them is taken is not ours to say. */
function guardedLookup({ allowed }: ReachRules): (hostname: string, options: LookupOptions, callback: Callback) => void {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, []);
        return;
      }
      const [first] = addresses;
      if (first === undefined || !addresses.every(({ address }) => mayReach(address, { allowed }))) callback(refusedAddress(), []);
      else if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

function refusedAddress(): EgressRefused {
  return new EgressRefused('the address is private and not allowed by HOLDFAST_EGRESS_ALLOW');
}

function responseOf(answer: IncomingMessage, { mostBytes }: { readonly mostBytes: number }): Response {
  const status = answer.statusCode ?? 502;
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers)) for (const one of [value ?? []].flat()) headers.append(name, one);
  if (status < 200 || status === 204 || status === 205 || status === 304) {
    answer.destroy();
    return new Response(null, { status: status < 200 ? 502 : status, headers });
  }
  let read = 0;
  const bounded = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      read += chunk.length;
      if (read > mostBytes) done(new AnswerTooLarge(`an answer may have ${String(mostBytes)} bytes`));
      else done(null, chunk);
    },
  });
  // Whoever reads is told of a failure by the stream itself.
  pipeline(answer, bounded, () => undefined);
  return new Response(Readable.toWeb(bounded) as ReadableStream<Uint8Array>, { status, headers });
}

function bytesOf(body: RequestInit['body']): string | Uint8Array | undefined {
  if (body == null) return undefined;
  if (typeof body === 'string' || body instanceof Uint8Array) return body;
  throw new TypeError('an outgoing call carries a text or bytes');
}
