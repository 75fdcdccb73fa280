// Verifies or exports logs as they stand in the database, read as the application's role.
import { readRunEvidence } from '../../db/evidence/certificates.ts';
import { listKeys } from '../../db/evidence/keys.ts';
import { readLogExtent, readLogRecords } from '../../db/evidence/read-log.ts';
import { createSignatureCheck } from '../../db/evidence/sign.ts';
import { sha256 } from '../../db/journal/sha256.ts';
import type { Pool } from '../../db/pool.ts';
import { evidenceAround, judgeRemovals } from '../../domain/evidence/removals.ts';
import type { RunEvidence } from '../../domain/evidence/removals.ts';
import { verifyLog } from '../../domain/evidence/verify-log.ts';
import { describeVerdict } from './describe-verdict.ts';
import { writeLogFile } from './log-file.ts';
import type { Witness } from './read-witness.ts';

export interface StoredCheck {
  readonly tenant: string | null;
  readonly witnesses: readonly Witness[];
  /** Null trusts those that are published in the database. */
  readonly publicKeys: readonly string[] | null;
  say(line: string): void;
}

/** True when every log is as it was. */
export async function verifyStored(pool: Pool, { tenant, witnesses, publicKeys, say }: StoredCheck): Promise<boolean> {
  const checkSignature = createSignatureCheck(publicKeys ?? (await publishedKeys(pool)));
  const seen = new Set<string>();
  let sound = true;
  for await (const tenantId of tenant === null ? allTenants(pool) : [tenant]) {
    const extent = await readLogExtent(pool, tenantId);
    if (extent === null) {
      say(`${tenantId}: BAD: there is no such log`);
      sound = false;
      continue;
    }
    seen.add(tenantId);
    const ofLog = witnesses.flatMap((witness) => (witness.tenant === tenantId ? [witness.signed] : []));
    const before = await readRunEvidence(pool, tenantId);
    const walked = await verifyLog({ sha256, tenantId, checkSignature, records: readLogRecords(pool, extent), witnesses: ofLog, head: extent.head });
    const evidence = evidenceAround(before, await readRunEvidence(pool, tenantId));
    const judged = judgeRemovals({ sha256, tenantId, removals: walked.removals, checkSignature, ...evidence });
    const verdict = { ...walked, fault: walked.fault ?? judged.fault, uncertified: judged.uncertified };
    say(describeVerdict(tenantId, verdict));
    sound &&= verdict.fault === null;
  }
  for (const witness of witnesses) {
    if (seen.has(witness.tenant)) continue;
    say(`${witness.tenant}: BAD: a checkpoint was given, and its log ${tenant === null ? 'is not here' : 'was not asked for'}`);
    sound = false;
  }
  return sound;
}

/** Answers how many records were written; null when there is no such log. */
export async function exportStored(pool: Pool, { tenant, path }: { tenant: string; path: string }): Promise<number | null> {
  const extent = await readLogExtent(pool, tenant);
  if (extent === null) return null;
  const { epoch, head } = extent;
  const before = await readRunEvidence(pool, tenant);
  const evidence = async (): Promise<RunEvidence> => evidenceAround(before, await readRunEvidence(pool, tenant));
  return writeLogFile(path, { header: { tenant, epoch, head, publicKeys: await publishedKeys(pool) }, pages: readLogRecords(pool, extent), evidence });
}

async function publishedKeys(pool: Pool): Promise<string[]> {
  return (await listKeys(pool)).map(({ publicKey }) => publicKey);
}

const tenantsPerPage = 500;

async function* allTenants(pool: Pool): AsyncGenerator<string> {
  for (let after = ''; ; ) {
    const { rows } = await pool.query<{ id: string }>('SELECT id FROM tenants_after($1, $2) AS id', [after, tenantsPerPage]);
    for (const { id } of rows) yield id;
    const last = rows.at(-1);
    if (last === undefined || rows.length < tenantsPerPage) return;
    after = last.id;
  }
}
