// Verifies a log from a file, far from the database it came from.
import { createSignatureCheck } from '../../db/evidence/sign.ts';
import { sha256 } from '../../db/journal/sha256.ts';
import { judgeRemovals } from '../../domain/evidence/judge-removals.ts';
import { verifyLog } from '../../domain/evidence/verify-log.ts';
import { describeVerdict } from './describe-verdict.ts';
import { isPlanOf } from './is-plan-of.ts';
import { readLogFile } from './log-file.ts';
import type { Witness } from './read-witness.ts';

export interface FileCheck {
  readonly path: string;
  readonly witnesses: readonly Witness[];
  /** Null trusts those that the file itself brings. */
  readonly publicKeys: readonly string[] | null;
  say(line: string): void;
}

/** True when the log is as it was. */
export async function verifyFile({ path, witnesses, publicKeys, say }: FileCheck): Promise<boolean> {
  const { header, pages, evidence } = await readLogFile(path);
  const { tenant, head } = header;
  const stranger = witnesses.find((witness) => witness.tenant !== tenant);
  if (stranger !== undefined) {
    say(`${tenant}: BAD: the checkpoint that was given is of the log of ${stranger.tenant}`);
    return false;
  }
  const checkSignature = createSignatureCheck(publicKeys ?? header.publicKeys);
  const walked = await verifyLog({ sha256, tenantId: tenant, checkSignature, records: pages, witnesses: witnesses.map(({ signed }) => signed), head });
  const judged = judgeRemovals({ sha256, tenantId: tenant, walked, checkSignature, isPlanOf: isPlanOf(tenant), ...evidence });
  const verdict = { ...walked, fault: walked.fault ?? judged.fault, uncertified: judged.uncertified };
  say(describeVerdict(tenant, verdict));
  return verdict.fault === null;
}
