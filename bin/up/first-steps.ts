// What `npm start` prints once it serves: the line to paste first.
import type { Configuration } from '../config/environment.ts';
import type { DataFolder } from '../data-folder/data-folder.ts';
import { readSecret } from '../data-folder/secrets.ts';
import { signToken } from '../tokens/sign-token.ts';

export interface FirstStepsOptions {
  readonly url: string;
  readonly configuration: Configuration;
  readonly folder: DataFolder;
}

/** The tenant that every `npm start` makes sure of. */
export const demoTenant = 'demo';
const lifetimeHours = 12;

export async function firstSteps({ url, configuration, folder }: FirstStepsOptions): Promise<string> {
  const trust = configuration.tokenTrust ?? { kind: 'secret' as const, secret: readSecret({ folder, name: 'jwt-secret' }) ?? '' };
  if (trust.kind === 'jwks') return `\n  Ready: ${url}  (tokens are signed by ${trust.issuer})\n\n  Ctrl-C stops it.\n\n`;
  const token = await signToken({
    claims: { tenantId: demoTenant, userId: 'admin', name: 'Admin', scope: 'tenant:admin events:write' },
    secret: trust.secret,
    lifetimeSeconds: lifetimeHours * 3_600,
    nowMs: Date.now(),
  });
  return [
    '',
    `  Ready: ${url}`,
    '',
    `  An admin of tenant "${demoTenant}" for ${String(lifetimeHours)} hours; paste this:`,
    '',
    `curl -sS -w '\\n' -H 'Authorization: Bearer ${token}' '${url}/api/v1/sync/changes?cursor=0'`,
    '',
    '  Ctrl-C stops it.',
    '',
    '',
  ].join('\n');
}
