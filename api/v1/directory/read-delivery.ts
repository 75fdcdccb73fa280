// Reads a delivery of the identity provider: its envelope first, since the type of the event says what its data has to be.
import { identityEnvelope, identityWishes } from '../../../domain/directory/identity-delivery.schema.ts';
import type { IdentityDelivery } from '../../../domain/directory/identity-delivery.schema.ts';
import { refuseFields } from '../../../domain/shared/refusal.ts';
import type { Refusal } from '../../../domain/shared/refusal.ts';
import { check } from '../../route/field-problems.ts';

export function readDelivery(value: unknown): IdentityDelivery | Refusal {
  const envelope = check(identityEnvelope, { value, rootName: 'body' });
  if (envelope.value === undefined) return refuseFields(envelope.problems);
  const { eventType, data, frame } = envelope.value;
  const schema = identityWishes.get(eventType);
  if (schema === undefined) throw new Error(`an envelope of type ${eventType} was let through`);
  const wish = check(schema, { value: data, rootName: 'data', at: ['data'] });
  return wish.value === undefined ? refuseFields(wish.problems) : { ...frame, wish: wish.value };
}
