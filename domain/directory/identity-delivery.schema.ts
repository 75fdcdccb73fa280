// What the identity provider delivers: its envelope, and the users and groups of the six events that are taken.
import { z } from 'zod';
import type { UserStatus } from '../access/standing.ts';
import { producerId } from '../shared/ids.ts';
import { parseInstant } from '../shared/instant.ts';
import type { Micros } from '../shared/instant.ts';
import { directoryEmail, directoryName } from './directory-text.ts';

/** What is to be so from the moment of the event on. */
export type IdentityWish =
  | { readonly kind: 'user'; readonly id: string; readonly email: string; readonly name: string; readonly status: UserStatus | null }
  | { readonly kind: 'group'; readonly id: string; readonly name: string; readonly members: readonly string[] | null }
  | { readonly kind: 'no user'; readonly id: string }
  | { readonly kind: 'no group'; readonly id: string };

export interface IdentityDelivery {
  readonly eventId: string;
  readonly at: Micros;
  readonly tenantId: string;
  readonly actorId: string | null;
  readonly wish: IdentityWish;
}

const membersPerGroup = 10_000;

/** Whoever is still to accept an invitation may nothing yet. */
const statuses: ReadonlyMap<string, UserStatus> = new Map([
  ['ACTIVE', 'active'],
  ['PENDING', 'deactivated'],
  ['SUSPENDED', 'suspended'],
  ['DEACTIVATED', 'deactivated'],
  ['INACTIVE', 'deactivated'],
]);
const part = z.string().max(255).nullish();

// The provider may add fields of its own: what we do not read, we do not judge.
const userWish = z
  .looseObject({
    id: producerId,
    email: directoryEmail,
    first_name: part,
    last_name: part,
    status: z
      .string()
      .refine((word) => statuses.has(word.toUpperCase()), `expected one of ${[...statuses.keys()].join(', ')}`)
      .nullish(),
  })
  .transform(({ id, email, first_name: first, last_name: last, status }): IdentityWish => {
    const name = [first, last].flatMap((word) => (word == null || word.trim() === '' ? [] : [word.trim()])).join(' ');
    return { kind: 'user', id, email, name: name === '' ? email : name, status: statuses.get(status?.toUpperCase() ?? '') ?? null };
  });

const groupWish = z
  .looseObject({
    id: producerId,
    name: directoryName,
    members: z.array(producerId).max(membersPerGroup, `expected at most ${String(membersPerGroup)} members`).nullish(),
  })
  .transform(({ id, name, members }): IdentityWish => ({ kind: 'group', id, name, members: members ?? null }));

const noUserWish = z.looseObject({ id: producerId }).transform(({ id }): IdentityWish => ({ kind: 'no user', id }));
const noGroupWish = z.looseObject({ id: producerId }).transform(({ id }): IdentityWish => ({ kind: 'no group', id }));

/** By the type of the event, what its `data` has to be. */
export const identityWishes: ReadonlyMap<string, z.ZodType<IdentityWish>> = new Map([
  ['user.created', userWish],
  ['user.updated', userWish],
  ['user.deleted', noUserWish],
  ['group.created', groupWish],
  ['group.updated', groupWish],
  ['group.deleted', noGroupWish],
]);

export const identityEnvelope = z
  .looseObject({
    event_id: z.string().min(1).max(255),
    event_type: z.string().refine((type) => identityWishes.has(type), `expected one of ${[...identityWishes.keys()].join(', ')}`),
    timestamp: z.string().refine((value) => parseInstant(value) !== null, 'expected an ISO 8601 instant with a zone'),
    tenant_id: producerId,
    actor: z.looseObject({ id: producerId.nullish() }).nullish(),
  })
  .transform(({ event_id: eventId, event_type: eventType, timestamp, tenant_id: tenantId, actor, data }) => ({
    eventType,
    data,
    frame: { eventId, at: parseInstant(timestamp) ?? 0, tenantId, actorId: actor?.id ?? null } satisfies Omit<IdentityDelivery, 'wish'>,
  }));
