// Signing and checking with Ed25519 by the host's library.
import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { SignatureCheck } from '../../domain/evidence/log-verifier.ts';

/** A public key as it is published. */
export interface EvidenceKey {
  readonly keyId: string;
  readonly algorithm: 'Ed25519';
  /** SPKI in PEM form. */
  readonly publicKey: string;
}

export interface Signer {
  readonly key: EvidenceKey;
  sign(text: string): Uint8Array;
}

export function createSigner(privateKeyPem: string): Signer {
  const privateKey = createPrivateKey(privateKeyPem);
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new Error('the evidence key must be an Ed25519 private key');
  return {
    key: evidenceKeyOf(createPublicKey(privateKey)),
    sign: (text) => sign(null, Buffer.from(text), privateKey),
  };
}

/** Null for a text that holds no Ed25519 public key. */
export function readPublicKey(pem: string): EvidenceKey | null {
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? evidenceKeyOf(key) : null;
  } catch {
    return null;
  }
}

/** A key counts only under the id that follows from it, whatever it is published under. */
export function createSignatureCheck(publicKeyPems: readonly string[]): SignatureCheck {
  const keys = new Map<string, KeyObject>();
  for (const pem of publicKeyPems) {
    const read = readPublicKey(pem);
    if (read !== null) keys.set(read.keyId, createPublicKey(pem));
  }
  return ({ keyId, body, signature }) => {
    const key = keys.get(keyId);
    if (key === undefined) return 'unknown key';
    return verify(null, Buffer.from(body), key, signature) ? 'good' : 'bad';
  };
}

function evidenceKeyOf(key: KeyObject): EvidenceKey {
  const spki = key.export({ type: 'spki', format: 'der' });
  return {
    keyId: createHash('sha256').update(spki).digest('hex').slice(0, 16),
    algorithm: 'Ed25519',
    publicKey: key.export({ type: 'spki', format: 'pem' }).toString(),
  };
}
