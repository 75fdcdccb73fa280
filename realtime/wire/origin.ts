// Which web pages may connect: those of our own host, and those of the origins that are allowed.
import type { IncomingMessage } from 'node:http';

/** A client that is no browser names no origin. */
export function isAllowedOrigin({ headers }: Pick<IncomingMessage, 'headers'>, allowedOrigins: readonly string[]): boolean {
  const { origin, host } = headers;
  if (origin === undefined || allowedOrigins.includes(origin)) return true;
  return host !== undefined && URL.parse(origin)?.host === host;
}
