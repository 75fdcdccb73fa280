// From which address a request came, as the connection tells it.
import type { IncomingMessage } from 'node:http';

/** An IPv4 address that travels inside an IPv6 one is written as itself. */
export function addressOf({ socket: { remoteAddress } }: IncomingMessage): string | null {
  return remoteAddress === undefined ? null : remoteAddress.replace(/^::ffff:(?=\d+\.)/, '');
}
