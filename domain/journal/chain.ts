// The chain: how an entry's content becomes a leaf, and how each leaf is linked to everything before it.
import type { Micros } from '../shared/instant.ts';
import type { Sha256 } from '../shared/sha256.ts';

export const saltLength = 16;
export const hashLength = 32;

/** What the first entry of every log is linked to. */
export const genesisLink: Uint8Array = new Uint8Array(hashLength);

const leafMark = 0x00;
const linkMark = 0x01;
const text = new TextEncoder();

/** Salted, so that content of few possible values cannot be guessed from its leaf after it was pruned. */
export function contentHash({ sha256, salt, canonical }: { sha256: Sha256; salt: Uint8Array; canonical: string }): Uint8Array {
  const room = saltLength + 3 * canonical.length;
  const bytes = room <= scratch.length ? scratch : new Uint8Array(room);
  bytes.set(salt);
  const { written } = text.encodeInto(canonical, bytes.subarray(saltLength));
  return sha256(bytes.subarray(0, saltLength + written));
}

/** Hashing is synchronous, so one piece of memory serves all entries: making a new one for each costs more than the hash. */
const scratch = new Uint8Array(64 * 1024);

export function leafHash({ sha256, recordedAt, content }: { sha256: Sha256; recordedAt: Micros; content: Uint8Array }): Uint8Array {
  const bytes = scratch.subarray(0, 9 + hashLength);
  bytes[0] = leafMark;
  writeUint64({ bytes, offset: 1, value: recordedAt });
  bytes.set(content, 9);
  return sha256(bytes);
}

export interface LinkInput {
  readonly sha256: Sha256;
  readonly tenantId: string;
  readonly seq: number;
  readonly previous: Uint8Array;
  readonly leaf: Uint8Array;
}

/** The tenant's length stands before its name, so that no two (tenant, seq) pairs give the same bytes. */
export function linkHash({ sha256, tenantId, seq, previous, leaf }: LinkInput): Uint8Array {
  const { written: tenantLength } = text.encodeInto(tenantId, scratch.subarray(2));
  scratch[0] = linkMark;
  scratch[1] = tenantLength;
  writeUint64({ bytes: scratch, offset: 2 + tenantLength, value: seq });
  scratch.set(previous, 10 + tenantLength);
  scratch.set(leaf, 10 + tenantLength + hashLength);
  return sha256(scratch.subarray(0, 10 + tenantLength + 2 * hashLength));
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function writeUint64({ bytes, offset, value }: { bytes: Uint8Array; offset: number; value: number }): void {
  const high = Math.floor(value / 0x1_0000_0000);
  const low = value % 0x1_0000_0000;
  for (let index = 0; index < 4; index += 1) {
    const shift = 24 - 8 * index;
    bytes[offset + index] = (high >>> shift) & 0xff;
    bytes[offset + 4 + index] = (low >>> shift) & 0xff;
  }
}
