// The manifest of an archive: what is signed about its parts, as a text that always has the same bytes.
import { z } from 'zod';
import { canonicalJson } from '../shared/json.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);

const file = z.strictObject({ name: z.string(), bytes: z.int().min(0), sha256: hash });

export const archiveManifest = z.strictObject({
  type: z.literal('holdfast.retention-archive'),
  version: z.literal(1),
  tenant: z.string(),
  run: z.string(),
  policy: z.string(),
  policy_version: z.int(),
  plan_hash: z.string(),
  /** Of the plan: no entry behind it is in the archive. */
  as_of_seq: z.int().min(0),
  rows: z.int().min(0),
  /** Over the seqs as ranges, written as the database writes a multirange. */
  seqs_sha256: hash,
  parts: z.array(file.extend({ rows: z.int().min(1), first_seq: z.int(), last_seq: z.int() })),
  /** What stands beside the archived leaves in each full segment, by which its root is found again. */
  segments: file.extend({ count: z.int().min(0) }),
  written_at: z.string(),
  key_id: z.string(),
});
export type ArchiveManifest = z.output<typeof archiveManifest>;

/** What lies beside the parts; parts have the number of their attempt in their names, so that none is called so. */
export const archiveFiles = { manifest: 'manifest.json', publicKey: 'public-key.pem', certificate: 'certificate.json' } as const;

/** Names its own purpose: nothing else that is signed with the same key can be passed off as one. */
export function manifestBody(manifest: ArchiveManifest): string {
  return canonicalJson(manifest);
}

/** Null for a text that is no manifest. */
export function readManifestBody(body: string): ArchiveManifest | null {
  try {
    const read = archiveManifest.safeParse(JSON.parse(body));
    return read.success ? read.data : null;
  } catch {
    // Whatever it is, it is no manifest.
    return null;
  }
}
