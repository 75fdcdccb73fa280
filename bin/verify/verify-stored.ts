// Verifies or exports logs as they stand in the database, read as the application's role.
import { rm } from 'node:fs/promises';
import { readRemoverIds, readRunEvidence } from '../../db/evidence/certificates.ts';
import { listKeys } from '../../db/evidence/keys.ts';
import { readLogExtent, readLogRecords } from '../../db/evidence/read-log.ts';
import type { LogExtent } from '../../db/evidence/read-log.ts';
import { createSignatureCheck } from '../../db/evidence/sign.ts';
import { sha256 } from '../../db/journal/sha256.ts';
import type { Pool } from '../../db/pool.ts';
import { judgeRemovals } from '../../domain/evidence/judge-removals.ts';
import type { RunEvidence } from '../../domain/evidence/judge-removals.ts';
import { verifyLog } from '../../domain/evidence/verify-log.ts';
import type { Verdict } from '../../domain/evidence/verify-log.ts';
import { describeVerdict } from './describe-verdict.ts';
import { isPlanOf } from './is-plan-of.ts';
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
    const ofLog = witnesses.flatMap((witness) => (witness.tenant === tenantId ? [witness.signed] : []));
    const read = await readUndisturbed(pool, tenantId, (extent) =>
      verifyLog({ sha256, tenantId, checkSignature, records: readLogRecords(pool, extent), witnesses: ofLog, head: extent.head }),
    );
    if (read === null) {
      say(`${tenantId}: BAD: there is no such log`);
      sound = false;
      continue;
    }
    seen.add(tenantId);
    const { result: walked, evidence } = read;
    const judged = judgeRemovals({ sha256, tenantId, walked, checkSignature, isPlanOf: isPlanOf(tenantId), ...evidence });
    const verdict: Verdict & { uncertified: number } = { ...walked, fault: walked.fault ?? judged.fault, uncertified: judged.uncertified };
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
  let isWritten = false;
  const read = await readUndisturbed(pool, tenant, async (extent, evidence) => {
    // What an earlier look wrote is written anew; a file that was there before is left alone.
    if (isWritten) await rm(path);
    const { epoch, head } = extent;
    const header = { tenant, epoch, head, publicKeys: await publishedKeys(pool) };
    const records = await writeLogFile(path, { header, pages: readLogRecords(pool, extent), evidence });
    isWritten = true;
    return records;
  });
  return read === null ? null : read.result;
}

const looks = 3;

/**
 * A run that removes its first entries after the head was read was begun, or the signature under its beginning made, after it too: it cannot be judged by what was read, and all is read again.
 * A log in which that goes on is judged as it was read last.
 */
async function readUndisturbed<T>(
  pool: Pool,
  tenantId: string,
  read: (extent: LogExtent, evidence: () => Promise<RunEvidence>) => Promise<T>,
): Promise<{ readonly result: T; readonly evidence: RunEvidence } | null> {
  for (let look = 1; ; look += 1) {
    const known = await readRemoverIds(pool, tenantId);
    const extent = await readLogExtent(pool, tenantId);
    if (extent === null) return null;
    let seen: RunEvidence | null = null;
    const evidence = async (): Promise<RunEvidence> => (seen ??= await readRunEvidence(pool, tenantId));
    const result = await read(extent, evidence);
    const after = await evidence();
    if (look === looks || [...after.plans.keys()].every((runId) => known.has(runId))) return { result, evidence: after };
  }
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
