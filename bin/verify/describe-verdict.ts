// What was found about one log, as a line for people.
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Verdict } from '../../domain/evidence/verify-log.ts';

export function describeVerdict(tenant: string, { fault, entries, removed, headLink, checkpoints }: Verdict): string {
  if (fault !== null) return `${tenant}: BAD: first bad seq ${String(fault.seq)}: ${fault.reason} (${fault.kind})`;
  return `${tenant}: ok: ${String(entries)} entries${removed === 0 ? '' : ` (${String(removed)} of them removed, their leaves kept)`}, head ${bytesToHex(headLink)}, checkpoints ${String(checkpoints)}`;
}
