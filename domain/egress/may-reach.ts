// Which addresses outgoing calls may reach: public ones, and those that whoever runs Holdfast names.
import ipaddr from 'ipaddr.js';

/** One network per item, as `10.1.0.0/16`. */
export interface ReachRules {
  readonly allowed: readonly string[];
}

/** False also for what is no address. */
export function mayReach(address: string, { allowed }: ReachRules): boolean {
  if (!ipaddr.isValid(address)) return false;
  // An IPv4 address inside an IPv6 one is that IPv4 address, to the network as well.
  const plain = ipaddr.process(address);
  if (plain.range() === 'unicast') return true;
  return allowed.some((network) => isIn(plain, network));
}

export function isNetwork(text: string): boolean {
  return ipaddr.isValidCIDR(text);
}

function isIn(address: ReturnType<typeof ipaddr.process>, network: string): boolean {
  const [range, bits] = ipaddr.parseCIDR(network);
  return range.kind() === address.kind() && address.match(range, bits);
}
