// Reads the arguments of `npm run verify` and reports everything that is wrong with them at once.
import { parseArgs } from 'node:util';

export interface VerifyArguments {
  /** Null for every tenant there is. */
  readonly tenant: string | null;
  /** Files with checkpoints that were kept elsewhere. */
  readonly checkpointFiles: readonly string[];
  /** Files with the only keys that are trusted; none means those that are published. */
  readonly publicKeyFiles: readonly string[];
  /** Instead of verifying, the log is written there. */
  readonly exportTo: string | null;
  /** The log is read from there, and no database is needed. */
  readonly from: string | null;
  /** The folder of a run's archive is verified instead of a log, and no database is needed. */
  readonly archive: string | null;
  /** The certificate that the archive is compared with; without it the one in the folder. */
  readonly certificateFile: string | null;
}

export type VerifyArgumentsResult = { readonly ok: true; readonly wanted: VerifyArguments } | { readonly ok: false; readonly problems: readonly string[] };

export const verifyUsage = [
  'npm run verify [-- --tenant t] [--checkpoint file.json]… [--public-key file.pem]…',
  'npm run verify -- --tenant t --export log.ndjson',
  'npm run verify -- --from log.ndjson [--checkpoint file.json]… [--public-key file.pem]…',
  'npm run verify -- --archive folder [--certificate file.json] [--public-key file.pem]…',
].join('\n');

export function readVerifyArguments(args: readonly string[]): VerifyArgumentsResult {
  let values;
  try {
    ({ values } = parseArgs({ args: [...args], options, strict: true, allowPositionals: false }));
  } catch (error) {
    return { ok: false, problems: [error instanceof Error ? error.message : String(error)] };
  }
  const wanted: VerifyArguments = {
    tenant: values.tenant ?? null,
    checkpointFiles: values.checkpoint ?? [],
    publicKeyFiles: values['public-key'] ?? [],
    exportTo: values.export ?? null,
    from: values.from ?? null,
    archive: values.archive ?? null,
    certificateFile: values.certificate ?? null,
  };
  const problems: string[] = [];
  if (wanted.exportTo !== null && wanted.tenant === null) problems.push('--export: one log goes into one file, so name its --tenant');
  if (wanted.exportTo !== null && wanted.from !== null) problems.push('--export and --from exclude each other');
  if (wanted.from !== null && wanted.tenant !== null) problems.push('--from: the file says itself whose log it holds, so leave --tenant out');
  const ofLogs = [wanted.tenant, wanted.exportTo, wanted.from, ...wanted.checkpointFiles];
  if (wanted.archive !== null && ofLogs.some((other) => other !== null)) problems.push('--archive goes with --certificate and --public-key alone');
  if (wanted.certificateFile !== null && wanted.archive === null) problems.push('--certificate is compared with an archive, so name the folder of one by --archive');
  return problems.length === 0 ? { ok: true, wanted } : { ok: false, problems };
}

const options = {
  tenant: { type: 'string' },
  checkpoint: { type: 'string', multiple: true },
  'public-key': { type: 'string', multiple: true },
  export: { type: 'string' },
  from: { type: 'string' },
  archive: { type: 'string' },
  certificate: { type: 'string' },
} as const;
