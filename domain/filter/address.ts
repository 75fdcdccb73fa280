// Addresses and networks as filters compare them: an IPv4 address written as IPv6 is its IPv4 address.
import ipaddr from 'ipaddr.js';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

export interface Network {
  readonly address: Address;
  readonly prefixBits: number;
}

const longestAddress = 45;

/** Null for anything but the plain ways to write an address: no zone, no leading zeros, no shortened IPv4. */
export function parseAddress(text: string): Address | null {
  if (text.length > longestAddress) return null;
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (!text.includes('.')) return parseIpv6(text);
  // Of the mixed forms only the usual one: the others mean different addresses to different programs.
  const rest = text.slice(mappedPrefix.length);
  const isMapped = text.slice(0, mappedPrefix.length).toLowerCase() === mappedPrefix && ipaddr.IPv4.isValidFourPartDecimal(rest);
  return isMapped ? ipaddr.IPv4.parse(rest) : null;
}

/** An address alone is the network of that address. */
export function parseNetwork(text: string): Network | null {
  const slash = text.indexOf('/');
  const addressText = slash === -1 ? text : text.slice(0, slash);
  const address = parseAddress(addressText);
  if (address === null) return null;
  const bits = address.kind() === 'ipv4' ? 32 : 128;
  if (slash === -1) return { address, prefixBits: bits };
  const written = text.slice(slash + 1);
  if (!/^(?:0|[1-9]\d{0,2})$/.test(written)) return null;
  // The prefix of a mapped address counts the 96 bits in front of it.
  const prefixBits = Number(written) - (bits === 32 && addressText.includes(':') ? 96 : 0);
  return prefixBits < 0 || prefixBits > bits ? null : { address: masked(address, prefixBits), prefixBits };
}

/** The one way a network is written: PostgreSQL reads it as it stands. */
export function networkText({ address, prefixBits }: Network): string {
  return `${address.toString()}/${String(prefixBits)}`;
}

export function isWithin(address: Address, { address: base, prefixBits }: Network): boolean {
  return address.kind() === base.kind() && address.match(base, prefixBits);
}

const mappedPrefix = '::ffff:';

function parseIpv6(text: string): Address | null {
  if (text.includes('%') || !ipaddr.IPv6.isValid(text)) return null;
  const address = ipaddr.IPv6.parse(text);
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

function masked(address: Address, prefixBits: number): Address {
  const bytes = address.toByteArray().map((byte, index) => {
    const kept = Math.min(8, Math.max(0, prefixBits - 8 * index));
    return byte & (0xff << (8 - kept)) & 0xff;
  });
  return ipaddr.fromByteArray(bytes);
}
