// What was found about one log, as a line for people.
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Verdict } from '../../domain/evidence/verify-log.ts';

export function describeVerdict(tenant: string, { fault, entries, removed, uncertified, headLink, checkpoints }: Verdict & { readonly uncertified: number }): string {
  if (fault !== null) return `${tenant}: BAD: first bad seq ${String(fault.seq)}: ${fault.reason} (${fault.kind})`;
  const underWay = uncertified === 0 ? '' : `; ${String(uncertified)} by a run that is under way and not certified yet`;
  return `${tenant}: ok: ${String(entries)} entries${removed === 0 ? '' : ` (${String(removed)} of them removed, their leaves kept${underWay})`}, head ${bytesToHex(headLink)}, checkpoints ${String(checkpoints)}`;
}
