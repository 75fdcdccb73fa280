// Which browsers' pages of other origins may read our answers.
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

export interface Cors {
  /** What an answer to this request carries. */
  headersFor(request: IncomingHttpHeaders): OutgoingHttpHeaders;
  /** What the browser asks before the request itself. */
  preflightHeadersFor(request: { readonly headers: IncomingHttpHeaders; readonly methods: readonly string[] }): OutgoingHttpHeaders;
}

/** Origins as browsers send them (`https://console.example`), compared as they stand: no patterns, no wildcard, no cookies. */
export function createCors({ origins }: { readonly origins: readonly string[] }): Cors {
  const allowed = new Set(origins);
  const forAnswers = (origin: string | undefined): OutgoingHttpHeaders => {
    if (allowed.size === 0) return none;
    if (origin === undefined || !allowed.has(origin)) return { vary: 'Origin' };
    return { vary: 'Origin', 'access-control-allow-origin': origin, 'access-control-expose-headers': exposed };
  };
  return {
    headersFor: ({ origin }) => forAnswers(origin),
    preflightHeadersFor: ({ headers: { origin }, methods }) => {
      const headers = forAnswers(origin);
      if (headers['access-control-allow-origin'] === undefined) return headers;
      return {
        ...headers,
        'access-control-allow-methods': methods.join(', '),
        'access-control-allow-headers': accepted,
        'access-control-max-age': '600',
      };
    },
  };
}

const none: OutgoingHttpHeaders = {};
const exposed = 'X-Request-Id, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Ve-Limit-Avail, X-Ve-Limit-Max, X-Ve-Limit-Expires';
const accepted = 'Authorization, Content-Type, Idempotency-Key, X-Request-Id, Last-Event-ID';
