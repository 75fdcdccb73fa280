// The issuer's public keys, fetched when needed and kept for five minutes.
import { createRemoteJWKSet, customFetch } from 'jose';
import type { JWTVerifyGetKey } from 'jose';

/** At most one fetch is under way; an unknown key asks again at most every 30 s, so that made-up key ids do not become requests to the issuer. */
export function createJwks(url: URL): JWTVerifyGetKey {
  return createRemoteJWKSet(url, {
    cacheMaxAge: 5 * 60_000,
    cooldownDuration: 30_000,
    timeoutDuration: fetchTimeoutMs,
    [customFetch]: fetchBounded,
  });
}

const fetchTimeoutMs = 5_000;
const documentLimitBytes = 1024 * 1024;

async function fetchBounded(url: string, options: RequestInit): Promise<Response> {
  const response = await fetch(url, options);
  const bytes = await readUpTo(response, documentLimitBytes);
  return new Response(bytes, { status: response.status === 200 ? 200 : 502, headers: { 'content-type': 'application/json' } });
}

/** The deadline of the fetch ends the reading too. */
async function readUpTo(response: Response, limitBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let receivedBytes = 0;
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    receivedBytes += part.byteLength;
    if (receivedBytes > limitBytes) throw new Error(`the key set is larger than ${String(limitBytes)} bytes`);
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}
