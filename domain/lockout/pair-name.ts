// What an account and an address are called when attempts are counted: two spellings of one thing are one pair.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import ipaddr from 'ipaddr.js';

export interface Pair {
  /** Stands for the pair in ids of attempts and workflows; says nothing about who it is. */
  readonly id: string;
  readonly account: string;
  readonly address: string;
}

/** `address` is one that parses; a schema has seen to it. */
export function pairOf({ account, address }: { account: string; address: string }): Pair {
  const names = { account: account.trim().normalize('NFC').toLowerCase(), address: countedAddress(address) };
  const id = bytesToHex(sha256(new TextEncoder().encode(`${names.account}\n${names.address}`))).slice(0, 32);
  return { id, ...names };
}

/** The address itself, in its one spelling. */
export function plainAddress(text: string): string {
  return ipaddr.process(text).toString();
}

export function isAddress(text: string): boolean {
  // Zones name an interface of the machine that wrote them and mean nothing here.
  return text.length <= 45 && !text.includes('%') && (ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text));
}

/** IPv6 counts by /64: whoever has one address of it has all of them. */
function countedAddress(text: string): string {
  const address = ipaddr.process(text);
  if (address.kind() === 'ipv4') return address.toString();
  const network = ipaddr.IPv6.networkAddressFromCIDR(`${address.toString()}/64`);
  return `${network.toString()}/64`;
}
