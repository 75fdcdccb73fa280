// The signature of the identity provider over a delivery: which secret, which time, over exactly the bytes that came.
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** How far the sender's clock may be from ours, in either direction. */
export const signatureWindowSeconds = 300;

export interface SignedDelivery {
  /** `t=<unix seconds>,v1=<hex>`, as it came. */
  readonly header: string | undefined;
  readonly body: Uint8Array;
  /** Several while one takes the place of another. */
  readonly secrets: readonly string[];
  readonly nowSeconds: number;
}

export type SignatureVerdict = 'valid' | 'missing' | 'malformed' | 'outside the window' | 'of another secret';

export function judgeSignature({ header, body, secrets, nowSeconds }: SignedDelivery): SignatureVerdict {
  if (header === undefined) return 'missing';
  const parts = readHeader(header);
  if (parts === null) return 'malformed';
  // Judged before the window: whoever has no secret learns nothing about our clock.
  const isSigned = secrets.some((secret) => {
    const expected = signatureOf({ secret, timestamp: parts.timestamp, body });
    return parts.signatures.some((signature) => isSameText(signature, expected));
  });
  if (!isSigned) return 'of another secret';
  return Math.abs(nowSeconds - Number(parts.timestamp)) > signatureWindowSeconds ? 'outside the window' : 'valid';
}

export function signatureOf({ secret, timestamp, body }: { secret: string; timestamp: string; body: Uint8Array }): string {
  const mac = hmac.create(sha256, text.encode(secret));
  return bytesToHex(mac.update(text.encode(`${timestamp}.`)).update(body).digest());
}

const text = new TextEncoder();
const longestHeader = 1_024;

function readHeader(header: string): { timestamp: string; signatures: string[] } | null {
  if (header.length > longestHeader) return null;
  const pairs = header.split(',').map((part) => part.trim().split('='));
  const valuesOf = (name: string): string[] => pairs.flatMap(([key, value]) => (key === name && value !== undefined ? [value] : []));
  const [timestamp, ...moreTimes] = valuesOf('t');
  const signatures = valuesOf('v1');
  if (timestamp === undefined || moreTimes.length > 0 || !/^\d{1,12}$/.test(timestamp)) return null;
  return signatures.length > 0 && signatures.every((signature) => /^[0-9a-f]{64}$/.test(signature)) ? { timestamp, signatures } : null;
}

/** Takes as long for the first difference as for the last. */
function isSameText(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let index = 0; index < a.length; index += 1) difference |= a.charCodeAt(index) ^ b.charCodeAt(index);
  return difference === 0;
}
