// What a process needs to take part in an installation: from the environment first, else from the data folder of a running one.
import { hkdfSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dataFolderAt } from '../data-folder/data-folder.ts';
import type { DataFolder } from '../data-folder/data-folder.ts';
import { isInstallationRunning } from '../data-folder/installation-lock.ts';
import { readRuntime } from '../data-folder/runtime.ts';
import type { Runtime } from '../data-folder/runtime.ts';
import { readSecret } from '../data-folder/secrets.ts';
import type { Configuration, TokenTrust } from './environment.ts';
import type { VariableProblem } from './read-configuration.ts';

/** Everything a part of Holdfast may need; `null` where neither the environment nor the data folder has it. */
export interface Installation {
  readonly ownerUrl: string | null;
  readonly appUrl: string | null;
  /** As the role that alone may remove entries. */
  readonly prunerUrl: string | null;
  readonly cursorSecret: string | null;
  readonly evidenceKeyPem: string | null;
  readonly filesDir: string | null;
  readonly temporalAddress: string | null;
  readonly temporalNamespace: string;
  readonly tokenTrust: TokenTrust | null;
}

export type Whole<Part extends keyof Installation> = Installation & { readonly [Key in Part]: NonNullable<Installation[Key]> };

export type JoinResult<Part extends keyof Installation> =
  | { readonly ok: true; readonly installation: Whole<Part> }
  | { readonly ok: false; readonly problems: readonly VariableProblem[] };

/** Refuses, naming each variable, when a part that the process cannot do without is nowhere to be had. */
export function joinInstallation<Part extends keyof Installation>(configuration: Configuration, parts: readonly Part[]): JoinResult<Part> {
  const folder = dataFolderAt(configuration.dataDir);
  const installation = gather({ configuration, folder });
  if (hasAll(installation, parts)) return { ok: true, installation };
  const variables = new Set(parts.filter((part) => installation[part] === null).map((part) => variableToSet({ part, configuration })));
  const problem = `is not set, and ${isInstallationRunning(folder) ? `the installation running from ${folder.directory} does not have it` : `no installation is running from ${folder.directory}`}`;
  return { ok: false, problems: [...variables].map((variable) => ({ variable, problem })) };
}

/**
 * The address of the application's role when it was not given. Its password follows from the cursor secret, so that a process that
 * joins by variables alone can log in without one more secret being handed around. So does its name: roles belong to the whole
 * database server, and another installation there must not be given our password.
 */
export function appUrlFrom(given: { ownerUrl: string; cursorSecret: string }): string {
  return roleUrlFrom(given, { name: 'holdfast_app', purpose: 'holdfast application role' });
}

/** That of the worker when it removes. */
export function prunerUrlFrom(given: { ownerUrl: string; cursorSecret: string }): string {
  return roleUrlFrom(given, { name: 'holdfast_pruner', purpose: 'holdfast pruner role' });
}

function roleUrlFrom({ ownerUrl, cursorSecret }: { ownerUrl: string; cursorSecret: string }, { name, purpose }: { name: string; purpose: string }): string {
  const url = new URL(ownerUrl);
  url.username = `${name}_${derived({ cursorSecret, purpose: 'holdfast role names', bytes: 4 }).toString('hex')}`;
  url.password = derived({ cursorSecret, purpose, bytes: 32 }).toString('base64url');
  return url.href;
}

function derived({ cursorSecret, purpose, bytes }: { cursorSecret: string; purpose: string; bytes: number }): Buffer {
  return Buffer.from(hkdfSync('sha256', cursorSecret, '', purpose, bytes));
}

function gather({ configuration, folder }: { configuration: Configuration; folder: DataFolder }): Installation {
  // A note without a holder of the lock was left by a crash: its addresses may belong to somebody else by now.
  const runtime = isInstallationRunning(folder) ? readRuntime(folder) : null;
  const cursorSecret = configuration.cursorSecret ?? readSecret({ folder, name: 'cursor-secret' });
  const jwtSecret = readSecret({ folder, name: 'jwt-secret' });
  return {
    ownerUrl: configuration.databaseUrl ?? runtime?.ownerUrl ?? null,
    appUrl: appUrl({ configuration, cursorSecret, runtime }),
    prunerUrl: prunerUrl({ configuration, cursorSecret, runtime }),
    cursorSecret,
    evidenceKeyPem: configuration.evidenceKeyPem ?? readSecret({ folder, name: 'evidence-key.pem' }),
    filesDir: configuration.filesDir ?? (existsSync(folder.files) ? folder.files : null),
    temporalAddress: configuration.temporalAddress ?? runtime?.temporalAddress ?? null,
    temporalNamespace: configuration.temporalNamespace ?? runtime?.temporalNamespace ?? 'default',
    tokenTrust: configuration.tokenTrust ?? (jwtSecret === null ? null : { kind: 'secret', secret: jwtSecret }),
  };
}

function appUrl({ configuration, cursorSecret, runtime }: { configuration: Configuration; cursorSecret: string | null; runtime: Runtime | null }): string | null {
  if (configuration.appDatabaseUrl !== null) return configuration.appDatabaseUrl;
  if (configuration.databaseUrl === null) return runtime?.appUrl ?? null;
  return cursorSecret === null ? null : appUrlFrom({ ownerUrl: configuration.databaseUrl, cursorSecret });
}

function prunerUrl({ configuration, cursorSecret, runtime }: { configuration: Configuration; cursorSecret: string | null; runtime: Runtime | null }): string | null {
  if (configuration.prunerDatabaseUrl !== null) return configuration.prunerDatabaseUrl;
  const ownerUrl = configuration.databaseUrl ?? runtime?.ownerUrl ?? null;
  return ownerUrl === null || cursorSecret === null ? null : prunerUrlFrom({ ownerUrl, cursorSecret });
}

const variables: Readonly<Record<Exclude<keyof Installation, 'appUrl' | 'prunerUrl'>, string>> = {
  ownerUrl: 'DATABASE_URL',
  cursorSecret: 'HOLDFAST_CURSOR_SECRET',
  evidenceKeyPem: 'HOLDFAST_EVIDENCE_KEY',
  filesDir: 'HOLDFAST_FILES_DIR',
  temporalAddress: 'TEMPORAL_ADDRESS',
  temporalNamespace: 'TEMPORAL_NAMESPACE',
  tokenTrust: 'HOLDFAST_JWT_SECRET',
};

function variableToSet({ part, configuration }: { part: keyof Installation; configuration: Configuration }): string {
  if (part === 'prunerUrl') return 'HOLDFAST_PRUNER_DATABASE_URL';
  if (part !== 'appUrl') return variables[part];
  return configuration.databaseUrl === null ? variables.ownerUrl : variables.cursorSecret;
}

function hasAll<Part extends keyof Installation>(installation: Installation, parts: readonly Part[]): installation is Whole<Part> {
  return parts.every((part) => installation[part] !== null);
}
