// Verifies the archive of a run from a folder of its files, far from the installation that wrote it.
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createSignatureCheck } from '../../db/evidence/sign.ts';
import { sha256 } from '../../db/journal/sha256.ts';
import { readLines } from '../../db/parts/read-lines.ts';
import { isPartName } from '../../domain/parts/part-place.ts';
import { archiveFiles } from '../../domain/retention/archive-manifest.ts';
import { verifyArchive } from '../../domain/retention/verify-archive.ts';
import { readSignedFile } from './read-witness.ts';

export interface ArchiveFolderCheck {
  readonly folder: string;
  /** Null takes the certificate that lies in the folder, if one does. */
  readonly certificateFile: string | null;
  /** Null trusts the key that lies in the folder. */
  readonly publicKeys: readonly string[] | null;
  say(line: string): void;
}

/** True when the archive is as it was sealed. */
export async function verifyArchiveFolder({ folder, certificateFile, publicKeys, say }: ArchiveFolderCheck): Promise<boolean> {
  const certificatePath = certificateFile ?? ((await isThere(join(folder, archiveFiles.certificate))) ? join(folder, archiveFiles.certificate) : null);
  const verdict = await verifyArchive({
    sha256,
    signed: await readSignedFile(join(folder, archiveFiles.manifest)),
    checkSignature: createSignatureCheck(publicKeys ?? [await readFile(join(folder, archiveFiles.publicKey), 'utf8')]),
    certificate: certificatePath === null ? null : await readSignedFile(certificatePath),
    async open(name) {
      // The manifest may name anything: only what lies in the folder is read.
      const path = join(folder, name);
      return isPartName(name) && (await isThere(path)) ? readLines(createReadStream(path)) : null;
    },
  });
  if (verdict.fault !== null) {
    say(`${folder}: BAD: ${verdict.fault}`);
    return false;
  }
  const { tenant, run, rows, segments, isCertified } = verdict;
  say(`${folder}: ok: the archive of the run ${run} of ${tenant}: ${String(rows)} entries, roots of ${String(segments)} segments${isCertified ? ', as its certificate says' : '; no certificate was given'}`);
  return true;
}

async function isThere(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    // Whatever keeps it from being read, it is said to be missing where it is needed.
    return false;
  }
}
