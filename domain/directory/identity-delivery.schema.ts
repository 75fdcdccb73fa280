// What the identity provider delivers: its envelope, and the users and groups of the six events that are taken.
import { z } from 'zod';
import type { UserStatus } from '../access/standing.ts';
import { producerId } from '../shared/ids.ts';
import { parseInstant } from '../shared/instant.ts';
import type { Micros } from '../shared/instant.ts';
import type { FieldProblem } from '../shared/refusal.ts';
import { directoryEmail, directoryName } from './directory-text.ts';

const membersPerGroup = 10_000;

/** The provider may add fields of its own: what we do not read, we do not judge. */
const envelope = z.looseObject({
  event_id: z.string().min(1).max(255),
  event_type: z.string().min(1).max(100),
  timestamp: z.string().refine((value) => parseInstant(value) !== null, 'expected an ISO 8601 instant with a zone'),
  tenant_id: producerId,
  actor: z.looseObject({ id: producerId.nullish() }).nullish(),
});

const part = z.string().max(255).nullish();

const userData = z.looseObject({
  id: producerId,
  email: directoryEmail,
  first_name: part,
  last_name: part,
  status: z.string().max(64).nullish(),
});

const groupData = z.looseObject({
  id: producerId,
  name: directoryName,
  members: z.array(producerId).max(membersPerGroup, `expected at most ${String(membersPerGroup)} members`).nullish(),
});

const closedData = z.looseObject({ id: producerId });

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

export type ReadDelivery = { readonly delivery: IdentityDelivery } | { readonly problems: readonly FieldProblem[] };

export function readDelivery(value: unknown): ReadDelivery {
  const read = envelope.safeParse(value);
  if (!read.success) return { problems: problemsOf(read.error) };
  const { event_id: eventId, event_type: eventType, timestamp, tenant_id: tenantId, actor } = read.data;
  const reader = readers.get(eventType);
  if (reader === undefined) return { problems: [{ field: 'event_type', expected: `expected one of ${[...readers.keys()].join(', ')}` }] };
  const wish = reader(read.data.data);
  if ('problems' in wish) return wish;
  return { delivery: { eventId, at: parseInstant(timestamp) ?? 0, tenantId, actorId: actor?.id ?? null, wish } };
}

type Reader = (data: unknown) => IdentityWish | { readonly problems: readonly FieldProblem[] };

const readUser = readerOf(userData, ({ id, email, first_name: first, last_name: last, status }) => {
  const name = [first, last].flatMap((word) => (word == null || word.trim() === '' ? [] : [word.trim()])).join(' ');
  if (status == null) return { kind: 'user', id, email, name: name === '' ? email : name, status: null };
  const known = statuses.get(status.toUpperCase());
  if (known === undefined) return { problems: [{ field: 'data.status', expected: `expected one of ${[...statuses.keys()].join(', ')}` }] };
  return { kind: 'user', id, email, name: name === '' ? email : name, status: known };
});
const readGroup = readerOf(groupData, ({ id, name, members }) => ({ kind: 'group', id, name, members: members ?? null }));

const readers: ReadonlyMap<string, Reader> = new Map([
  ['user.created', readUser],
  ['user.updated', readUser],
  ['user.deleted', readerOf(closedData, ({ id }) => ({ kind: 'no user', id }))],
  ['group.created', readGroup],
  ['group.updated', readGroup],
  ['group.deleted', readerOf(closedData, ({ id }) => ({ kind: 'no group', id }))],
]);

const statuses: ReadonlyMap<string, UserStatus> = new Map([
  ['ACTIVE', 'active'],
  ['SUSPENDED', 'suspended'],
  ['DEACTIVATED', 'deactivated'],
  ['INACTIVE', 'deactivated'],
]);

function readerOf<Data>(schema: z.ZodType<Data>, wishOf: (data: Data) => ReturnType<Reader>): Reader {
  return (data) => {
    const read = schema.safeParse(data);
    return read.success ? wishOf(read.data) : { problems: problemsOf(read.error, 'data') };
  };
}

function problemsOf(error: z.ZodError, inside?: string): FieldProblem[] {
  return error.issues.map(({ path, message }) => ({ field: [...(inside === undefined ? [] : [inside]), ...path.map(String)].join('.') || 'body', expected: message }));
}
