// The secrets of an installation: made once, readable by their owner alone, never changed afterwards.
import { createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataFolder } from './data-folder.ts';
import { writePrivatelyOnce } from './private-file.ts';
import { hasCode } from '../process/error-code.ts';

export type SecretName = 'jwt-secret' | 'cursor-secret' | 'evidence-key.pem' | 'postgres-password';

/** Null when it was never made here. */
export function readSecret({ folder, name }: { folder: DataFolder; name: SecretName }): string | null {
  const path = join(folder.secrets, name);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
  const problem = shape[name].problem(text);
  if (problem !== null) throw new Error(`${path} is damaged: ${problem}. Put it back from a backup; a new one would not fit the data.`);
  return shape[name].isKeyFile ? text : text.trim();
}

/** Of two processes that make it at once, both get the one that was written first. */
export function keepSecret({ folder, name }: { folder: DataFolder; name: SecretName }): string {
  const kept = readSecret({ folder, name });
  if (kept !== null) return kept;
  writePrivatelyOnce(join(folder.secrets, name), shape[name].make());
  const made = readSecret({ folder, name });
  if (made === null) throw new Error(`${join(folder.secrets, name)} disappeared while it was made`);
  return made;
}

interface Shape {
  readonly isKeyFile: boolean;
  make(): string;
  problem(text: string): string | null;
}

const randomText: Shape = {
  isKeyFile: false,
  make: () => `${randomBytes(32).toString('base64url')}\n`,
  problem: (text) => (text.trim().length < 32 ? 'it is shorter than 32 characters' : null),
};

const ed25519Key: Shape = {
  isKeyFile: true,
  make: () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  problem: (text) => {
    try {
      return createPrivateKey(text).asymmetricKeyType === 'ed25519' ? null : 'it holds a key of another kind than Ed25519';
    } catch {
      return 'it does not hold a private key in PEM form';
    }
  },
};

const shape: Readonly<Record<SecretName, Shape>> = {
  'jwt-secret': randomText,
  'cursor-secret': randomText,
  'postgres-password': randomText,
  'evidence-key.pem': ed25519Key,
};
