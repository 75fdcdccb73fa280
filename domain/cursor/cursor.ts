// Cursors: opaque, signed positions in a tenant's log, the same at every door.
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';

export interface CursorPlace {
  readonly epoch: string;
  readonly seq: number;
  /** What the reading was narrowed to when the cursor was made; null when it was not. */
  readonly scopeTag: string | null;
  /** Where a reading in another order than the log's goes on; it alone knows how to read it. */
  readonly position?: string | null;
  /** Up to where a reading that began at the beginning took the log as it was then, holes and all; told only while it stands below. */
  readonly acceptedFloor?: number;
}

export interface Cursors {
  make(tenantId: string, place: CursorPlace): string;
  /** Null when the text is damaged, of another tenant, or not made by us. */
  read(tenantId: string, text: string): CursorPlace | null;
}

const longestCursor = 256;
const macLength = 16;
/** How many parts the text of each version has, its signature included. */
const lengthOf: ReadonlyMap<string | undefined, number> = new Map([
  ['1', 5],
  ['2', 6],
  ['3', 6],
]);

/** The tenant is covered by the signature, so a cursor of another tenant is as wrong as a damaged one. */
export function createCursors(secret: Uint8Array): Cursors {
  function sign(tenantId: string, body: string): string {
    return base64url(hmac(sha256, secret, utf8ToBytes(`${tenantId}\n${body}`)).slice(0, macLength));
  }

  return {
    make(tenantId, { epoch, seq, scopeTag, position = null, acceptedFloor = 0 }) {
      const place = `${epoch}.${seq.toString(36)}.${scopeTag ?? ''}`;
      const body = position !== null ? `2.${place}.${position}` : acceptedFloor > seq ? `3.${place}.${acceptedFloor.toString(36)}` : `1.${place}`;
      return base64url(utf8ToBytes(`${body}.${sign(tenantId, body)}`));
    },
    read(tenantId, text) {
      if (text.length > longestCursor || !/^[A-Za-z0-9_-]+$/.test(text)) return null;
      const parts = fromBase64url(text)?.split('.') ?? [];
      const [version, epoch, seq, scopeTag] = parts;
      const mac = parts.at(-1);
      if (parts.length !== lengthOf.get(version) || epoch === undefined || seq === undefined || scopeTag === undefined || mac === undefined) return null;
      if (!sameText(mac, sign(tenantId, parts.slice(0, -1).join('.')))) return null;
      const place = { epoch, seq: Number.parseInt(seq, 36), scopeTag: scopeTag === '' ? null : scopeTag };
      if (version === '3') return { ...place, acceptedFloor: Number.parseInt(parts[4] ?? '', 36) };
      return version === '2' ? { ...place, position: parts[4] ?? null } : place;
    },
  };
}

/** A short name for what a reading is narrowed to; equal narrowings give equal tags. */
export function scopeTag(narrowedTo: string): string {
  return base64url(sha256(utf8ToBytes(narrowedTo)).slice(0, 8));
}

/** Compares without telling by its time how much was right. */
function sameText(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let index = 0; index < a.length; index += 1) difference |= a.charCodeAt(index) ^ b.charCodeAt(index);
  return difference === 0;
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromBase64url(text: string): string | null {
  try {
    return atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    return null;
  }
}
