// GET /api/v1/evidence/keys: the public keys by which signatures of this installation are checked.
import { z } from 'zod';
import { listKeys } from '../../../db/evidence/keys.ts';
import { defineRoute } from '../../route/define-route.ts';

export const listKeysRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/evidence/keys',
  summary: 'List the public keys of evidence',
  description: 'Every key this installation has ever signed with, the newest first. Keep them yourself: a key that is fetched together with what it signs proves little.',
  tag: 'evidence',
  access: 'public',
  reply: z.strictObject({
    keys: z.array(
      z.strictObject({
        /** The first 16 hexadecimal digits of the SHA-256 of the key in DER form. */
        key_id: z.string(),
        algorithm: z.literal('Ed25519'),
        public_key: z.string(),
        created_at: z.string(),
      }),
    ),
  }),
  refusals: [],
  async handle(_request, { pool }) {
    const keys = await listKeys(pool);
    return { keys: keys.map(({ keyId, algorithm, publicKey, createdAt }) => ({ key_id: keyId, algorithm, public_key: publicKey, created_at: createdAt })) };
  },
});
