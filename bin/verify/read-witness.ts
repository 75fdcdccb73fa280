// Reads a file that somebody kept: a checkpoint as the API shows it, or a public key.
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { readPublicKey } from '../../db/evidence/sign.ts';
import { readCheckpointBody } from '../../domain/evidence/checkpoint.ts';
import type { SignedCheckpoint } from '../../domain/evidence/checkpoint.ts';

export interface Witness {
  readonly tenant: string;
  readonly signed: SignedCheckpoint;
}

export async function readWitness(path: string): Promise<Witness> {
  const { body, key_id: keyId, signature } = checkpointFile.parse(JSON.parse(await readFile(path, 'utf8')));
  const checkpoint = readCheckpointBody(body);
  if (checkpoint === null) throw new Error(`${path} holds no checkpoint`);
  return { tenant: checkpoint.tenant, signed: { body, keyId, signature: Buffer.from(signature, 'base64') } };
}

/** Any signed text as the API shows it: a manifest, a certificate. */
export async function readSignedFile(path: string): Promise<SignedCheckpoint> {
  const { body, key_id: keyId, signature } = checkpointFile.parse(JSON.parse(await readFile(path, 'utf8')));
  return { body, keyId, signature: Buffer.from(signature, 'base64') };
}

export async function readKeyFile(path: string): Promise<string> {
  const pem = await readFile(path, 'utf8');
  if (readPublicKey(pem) === null) throw new Error(`${path} holds no Ed25519 public key in PEM form`);
  return pem;
}

/** Whatever else stands beside these is there for people. */
const checkpointFile = z.object({ body: z.string(), key_id: z.string(), signature: z.base64() });
