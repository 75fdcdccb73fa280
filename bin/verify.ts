// `npm run verify`: shows whether logs are as they were written, from the database or from a file.
import { createPool } from '../db/pool.ts';
import { configureOrExit, joinOrExit } from './root/configure.ts';
import { exitCodes } from './root/exit-codes.ts';
import { verifyArchiveFolder } from './verify/verify-archive-folder.ts';
import { readKeyFile, readWitness } from './verify/read-witness.ts';
import { readVerifyArguments, verifyUsage } from './verify/verify-arguments.ts';
import type { VerifyArguments } from './verify/verify-arguments.ts';
import { verifyFile } from './verify/verify-file.ts';
import { exportStored, verifyStored } from './verify/verify-stored.ts';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const read = readVerifyArguments(process.argv.slice(2));
if (!read.ok) {
  process.stderr.write(`${read.problems.join('\n')}\n${verifyUsage}\n`);
  process.exit(exitCodes.failed);
}
try {
  process.exitCode = (await carryOut(read.wanted)) ? exitCodes.ok : exitCodes.failed;
} catch (error) {
  process.stderr.write(`BAD: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = exitCodes.failed;
}

async function carryOut({ tenant, checkpointFiles, publicKeyFiles, exportTo, from, archive, certificateFile }: VerifyArguments): Promise<boolean> {
  const witnesses = await Promise.all(checkpointFiles.map(readWitness));
  const publicKeys = publicKeyFiles.length === 0 ? null : await Promise.all(publicKeyFiles.map(readKeyFile));
  if (publicKeys === null && exportTo === null) {
    const place = archive !== null ? 'the folder' : from === null ? 'the database' : 'the file';
    process.stderr.write(`Signatures are checked with the keys that ${place} itself brings; --public-key takes one that you have kept.\n`);
  }
  if (archive !== null) return verifyArchiveFolder({ folder: archive, certificateFile, publicKeys, say });
  if (from !== null) return verifyFile({ path: from, witnesses, publicKeys, say });

  const pool = createPool({ url: joinOrExit(configureOrExit(), ['appUrl']).appUrl, name: 'holdfast-verify', max: 2 });
  try {
    if (exportTo === null || tenant === null) return await verifyStored(pool, { tenant, witnesses, publicKeys, say });
    const records = await exportStored(pool, { tenant, path: exportTo });
    say(records === null ? `${tenant}: there is no such log` : `${tenant}: ${String(records)} records written to ${exportTo}`);
    return records !== null;
  } finally {
    await pool.end();
  }
}
