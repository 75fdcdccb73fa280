// Makes the folder of a sealed archive complete in itself: manifest, key and certificate beside the parts, and nothing that an ended attempt left behind.
import { asking } from '../../db/access/ask.ts';
import type { PartFiles } from '../../db/parts/part-files.ts';
import { findSealed } from '../../db/retention/archive-rows.ts';
import { findCertificate } from '../../db/retention/find-certificate.ts';
import type { RunRef } from '../../db/retention/run-rows.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import { signedFileText } from '../../domain/evidence/signed-file.ts';
import { archiveFiles, readManifestBody } from '../../domain/retention/archive-manifest.ts';
import { archivePlace } from './archive-place.ts';
import type { ArchivingWorld } from './archive-place.ts';

/** What it writes follows from rows that never change: whoever writes it, and however often, writes the same. */
export async function completeFolder({ pool, files, signer }: Pick<ArchivingWorld, 'pool' | 'files' | 'signer'>, run: RunRef): Promise<void> {
  const { sealed, certificate } = await inTenant(pool, run.tenantId, async (client) => {
    const ask = asking(client);
    return { sealed: await findSealed(ask, run), certificate: await findCertificate(ask, run) };
  });
  if (sealed === null) {
    // The run has ended without an archive: nothing of it counts.
    if (certificate !== null) await files.removeAll(archivePlace(run));
    return;
  }
  await writeOnce(files, run, { name: archiveFiles.manifest, text: signedFileText(sealed) });
  if (sealed.keyId === signer.key.keyId) await writeOnce(files, run, { name: archiveFiles.publicKey, text: signer.key.publicKey });
  if (certificate !== null) await writeOnce(files, run, { name: archiveFiles.certificate, text: signedFileText(certificate) });
  await sweep(files, run, namesOf(sealed.body));
}

async function writeOnce(files: PartFiles, run: RunRef, { name, text }: { name: string; text: string }): Promise<void> {
  if ((await files.find(archivePlace(run), name)) !== null) return;
  try {
    await files.write(archivePlace(run), name, [text]);
  } catch (error) {
    // Somebody else was faster, with the same text.
    if ((await files.find(archivePlace(run), name)) === null) throw error;
  }
}

async function sweep(files: PartFiles, run: RunRef, wanted: ReadonlySet<string>): Promise<void> {
  for (const name of await files.names(archivePlace(run))) if (!wanted.has(name)) await files.remove(archivePlace(run), name);
}

function namesOf(manifestBody: string): ReadonlySet<string> {
  const manifest = readManifestBody(manifestBody);
  if (manifest === null) throw new Error('a sealed manifest cannot be read');
  return new Set([...Object.values(archiveFiles), manifest.segments.name, ...manifest.parts.map(({ name }) => name)]);
}
