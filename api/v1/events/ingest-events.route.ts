// POST /api/v1/events: systems tell what happened, one entry, many, or one a line.
import { z } from 'zod';
import type { AppendItem, AppendReceipt } from '../../../domain/journal/append-decision.ts';
import { entryInput } from '../../../domain/journal/entry-input.schema.ts';
import { isRefusal, refuse } from '../../../domain/shared/refusal.ts';
import type { Refusal } from '../../../domain/shared/refusal.ts';
import { noteSignIn } from '../../auth/note-session.ts';
import { ingestBody } from '../../route/body-spec.ts';
import { defineRoute } from '../../route/define-route.ts';
import { queryFlag } from '../../route/query-values.ts';
import { callKey, prepareItems } from './prepare-items.ts';
import { readIngestBody } from './read-ingest-body.ts';
import { readReach } from './read-reach.ts';

const fieldProblem = z.strictObject({ field: z.string(), expected: z.string() });

const receipt = z.strictObject({
  results: z.array(
    z.strictObject({
      id: z.string().nullable(),
      seq: z.int().nullable(),
      status: z.enum(['created', 'duplicate', 'rejected']),
      error: z.strictObject({ code: z.string(), message: z.string(), fields: z.array(fieldProblem).optional() }).optional(),
    }),
  ),
  last_seq: z.int().nullable(),
});

export const ingestEvents = defineRoute({
  method: 'POST',
  path: '/api/v1/events',
  summary: 'Tell what happened',
  description:
    'One entry as an object, many as {"events": […]}, or one a line as NDJSON. All or nothing, unless partial=1. ' +
    'The answer is sent when the entries are kept; a retry with the same idempotency key stores nothing twice.',
  tag: 'events',
  access: { anyScope: ['events:write'] },
  limitedTokens: 'judged',
  limit: 'none',
  query: z.strictObject({ partial: queryFlag().optional() }),
  headers: z.object({ 'idempotency-key': z.string().min(1).max(255).optional() }),
  body: ingestBody(z.union([entryInput, z.strictObject({ events: z.array(entryInput) })])),
  reply: receipt,
  status: 201,
  refusals: ['BAD_REQUEST', 'VALIDATION_FAILED', 'IDEMPOTENCY_KEY_REUSED', 'PAYLOAD_TOO_LARGE', 'TOO_BUSY', 'AUTHZ_USER_SUSPENDED', 'TENANT_UNKNOWN', 'UNAVAILABLE'],
  async handle({ query, headers, body, principal }, world) {
    const sent = readIngestBody(body);
    if (isRefusal(sent)) return sent;
    const { items, signIns } = await prepareItems(sent, { principal, reach: await readReach(sent, principal, world) }, world);
    const partial = query.partial ?? false;
    const bad = refuseBad(items, { partial });
    if (bad !== null) return bad;
    const key = headers['idempotency-key'];
    const outcome = await world.journal.submit(principal.tenantId, {
      userId: principal.userId,
      partial,
      callKey: key === undefined ? null : callKey(key, sent),
      items,
    });
    if (isRefusal(outcome)) return outcome;
    for (const facts of signIns) noteSignIn(world, principal.tenantId, facts);
    return present(outcome);
  },
});

const namedEntriesMax = 100;

function refuseBad(items: readonly AppendItem[], { partial }: { partial: boolean }): Refusal | null {
  const bad = items.flatMap((item, index) => (item.kind === 'rejected' ? [{ index, ...item.error }] : []));
  const [first] = bad;
  if (first === undefined || (partial && bad.length < items.length)) return null;
  const where = items.length === 1 ? '' : `entry ${String(first.index)}: `;
  const more = bad.length === 1 ? '' : ` (and ${String(bad.length - 1)} more of ${String(items.length)} entries)`;
  return refuse(bad.every(({ code }) => code === 'FORBIDDEN') ? 'FORBIDDEN' : 'VALIDATION_FAILED', {
    message: `${where}${first.message}${more}`,
    details: { entries: bad.slice(0, namedEntriesMax).map(({ index, fields }) => ({ index, fields })) },
  });
}

function present({ results, lastSeq }: AppendReceipt) {
  return {
    results: results.map(({ id, seq, status, error }) => ({
      id: id === null ? null : `evt_${id}`,
      seq,
      status,
      ...(error === undefined ? {} : { error: { code: error.code, message: error.message, ...(error.fields === undefined ? {} : { fields: [...error.fields] }) } }),
    })),
    last_seq: lastSeq,
  };
}
