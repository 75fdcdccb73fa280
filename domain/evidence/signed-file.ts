// A signed text as a file: as the API shows it, so that either can be kept and verified.
import type { SignedCheckpoint } from './checkpoint.ts';

export function signedFileText({ body, keyId, signature }: SignedCheckpoint): string {
  return `${JSON.stringify({ body, key_id: keyId, signature: btoa(String.fromCharCode(...signature)) })}\n`;
}
