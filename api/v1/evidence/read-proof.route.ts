// GET /api/v1/evidence/proofs/{seq}: what proves to somebody else that an entry is in the log.
import { z } from 'zod';
import { readStoredEntries } from '../../../db/journal/read-stored.ts';
import type { Pool } from '../../../db/pool.ts';
import type { StoredEntry } from '../../../domain/journal/entry.ts';
import { refuse } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { queryInteger } from '../../route/query-values.ts';
import { mayReadEvidence } from './may-read-evidence.ts';
import { proofOf, proofReply } from './proof-reply.ts';

export const readProofRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/evidence/proofs/{seq}',
  summary: 'Read the proof that an entry is in the log',
  description:
    'The leaf is SHA-256 of 0x00, the recorded time in microseconds as eight bytes, and SHA-256 of salt and facts. The path leads from it to the `root` in the body of the checkpoint, as in RFC 6962 with 0x02 before the two halves of a node; the leaf has the index seq − 1 in a tree of `head_seq` leaves.',
  tag: 'evidence',
  access: { anyScope: ['audit:read', 'compliance:manage', 'tenant:admin'] },
  ownAction: { action: 'view_evidence' },
  params: z.strictObject({ seq: queryInteger({ min: 1, max: Number.MAX_SAFE_INTEGER }) }),
  reply: proofReply,
  refusals: ['NOT_FOUND', 'FORBIDDEN'],
  async handle({ params: { seq }, principal }, { pool }) {
    const { tenantId } = principal;
    if (!(await mayReadEvidence(pool, principal))) return refuse('FORBIDDEN');
    const stored = await readOne(pool, { tenantId, seq });
    if (stored === null) return refuse('NOT_FOUND');
    const proof = await proofOf(pool, { tenantId, entry: stored });
    return proof ?? refuse('NOT_FOUND', { message: 'No checkpoint reaches this entry yet.' });
  },
});

async function readOne(pool: Pool, { tenantId, seq }: { tenantId: string; seq: number }): Promise<StoredEntry | null> {
  for await (const [entry] of readStoredEntries(pool, { tenantId, afterSeq: seq - 1, throughSeq: seq, pageEntries: 1 })) return entry ?? null;
  return null;
}
