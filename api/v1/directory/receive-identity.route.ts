// POST /api/v1/webhooks/scaikey: the identity provider tells of its users and groups.
import { z } from 'zod';
import { applyDelivery } from '../../../db/directory/apply-delivery.ts';
import { judgeSignature } from '../../../domain/directory/identity-signature.ts';
import { isRefusal, refuse } from '../../../domain/shared/refusal.ts';
import { rawBody } from '../../route/body-spec.ts';
import { defineRoute } from '../../route/define-route.ts';
import { decodeUtf8, parseJson, refuseJson } from '../../route/parse-json.ts';
import { readDelivery } from './read-delivery.ts';

const limitBytes = 1024 * 1024;

export const receiveIdentity = defineRoute({
  method: 'POST',
  path: '/api/v1/webhooks/scaikey',
  summary: 'Take an event of the identity provider',
  description:
    'Signed: X-ScaiKey-Signature is t=<unix seconds>,v1=<hex>, the HMAC-SHA256 over "{t}." and the bytes of the body. ' +
    'Taken are user.created, user.updated, user.deleted, group.created, group.updated and group.deleted. ' +
    'A user who is PENDING is in the directory and may nothing yet. An event that was taken before is a duplicate; one older than what was carried out for the same user or group is stale. Both change nothing.',
  tag: 'directory',
  access: 'public',
  headers: z.object({ 'x-scaikey-signature': z.string().optional() }),
  body: rawBody({ mediaTypes: ['application/json'], limitBytes }),
  reply: z.strictObject({ status: z.enum(['applied', 'unchanged', 'duplicate', 'stale']) }),
  refusals: ['BAD_REQUEST', 'AUTH_TOKEN_INVALID', 'VALIDATION_FAILED', 'NOT_FOUND', 'CONFLICT', 'PAYLOAD_TOO_LARGE', 'UNAVAILABLE'],
  before: ({ identitySecrets }) =>
    identitySecrets.length === 0 ? refuse('UNAVAILABLE', { message: 'HOLDFAST_SCAIKEY_SECRET is not set: deliveries cannot be checked.' }) : null,
  async handle({ headers, body: { bytes }, requestId }, world) {
    const verdict = judgeSignature({
      header: headers['x-scaikey-signature'],
      body: bytes,
      secrets: world.identitySecrets,
      nowSeconds: Math.floor(world.clock.nowMs() / 1000),
    });
    if (verdict !== 'valid') return refuse('AUTH_TOKEN_INVALID', { message: `The signature is ${verdict}.` });
    const text = decodeUtf8(bytes);
    if (text === null) return refuse('BAD_REQUEST', { message: 'The body is not UTF-8.' });
    const parsed = parseJson(text, { rootName: 'body' });
    if (parsed.kind !== 'value') return refuseJson(parsed);
    const delivery = readDelivery(parsed.value);
    if (isRefusal(delivery)) return delivery;
    const outcome = await applyDelivery(world, { delivery, requestId });
    if (!isRefusal(outcome)) return { status: outcome };
    return outcome.code === 'TENANT_UNKNOWN' ? refuse('NOT_FOUND', { message: 'There is no such tenant.' }) : outcome;
  },
});
