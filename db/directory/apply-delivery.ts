// Carries out what the identity provider delivered: once, in the order of its events, in one transaction with the entry that tells of it.
import { decideDelivery } from '../../domain/directory/decide-delivery.ts';
import type { DeliveryDecision } from '../../domain/directory/decide-delivery.ts';
import type { IdentityDelivery, IdentityWish } from '../../domain/directory/identity-delivery.schema.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { forgetAwaitedOfGroup } from './awaited-members.ts';
import { closeGroupIn } from './close-group.ts';
import { closeUserIn } from './close-user.ts';
import { groupsOfUser, openGroupsAmong, openUsersAmong, usersOfGroup } from './group-members.ts';
import { putGroupIn } from './put-group.ts';
import { putUserIn } from './put-user.ts';
import { writeDirectory } from './write-directory.ts';
import type { DirectoryWorld, OpenDirectory, Written } from './write-directory.ts';

export type DeliveryOutcome = Exclude<DeliveryDecision, 'apply'> | 'applied' | 'unchanged';

/** Whoever calls has checked the signature: there is no token whose rights could be asked for. */
export function applyDelivery(world: DirectoryWorld, { delivery, requestId }: { delivery: IdentityDelivery; requestId: string }): Promise<DeliveryOutcome | Refusal> {
  return writeDirectory<DeliveryOutcome>(world, { principal: principalOf(delivery), requestId, isTrusted: true }, async (directory) => {
    const { at, eventId, wish } = delivery;
    const place = { kind: wish.kind.endsWith('user') ? 'user' : 'group', id: wish.id };
    const closes = wish.kind.startsWith('no ');
    const isKnown = !(await takeEvent(directory, eventId));
    const decision = decideDelivery({ at, closes, isKnown, newest: await readNewest(directory, place) });
    if (decision !== 'apply') return { result: decision, event: null };
    await writeNewest(directory, { ...place, at, closed: closes });
    const written = await fulfil(directory, wish);
    if (isRefusal(written)) return written;
    return { result: written.event === null ? 'unchanged' : 'applied', event: written.event };
  });
}

/** Who acted at the provider is who acted; that it came from there says the service. */
function principalOf({ tenantId, actorId }: IdentityDelivery) {
  return {
    tenantId,
    userId: actorId ?? provider,
    scopes: new Set<string>(),
    email: null,
    name: null,
    groups: [],
    sessionId: provider,
    issuedAtSeconds: null,
    expiresAtSeconds: 0,
    serviceAccount: provider,
    idp: provider,
    entities: null,
  };
}

const provider = 'scaikey';
/** The window of a signature is shorter by far: what is older cannot come again unless its sender signs it anew. */
const eventsKept = '30 days';

async function fulfil(directory: OpenDirectory, wish: IdentityWish): Promise<Written<unknown> | Refusal> {
  switch (wish.kind) {
    case 'user':
      return putDeliveredUser(directory, wish);
    case 'group':
      return putDeliveredGroup(directory, wish);
    case 'no user':
      return nothingIfAbsent(await closeUserIn(directory, wish.id));
    case 'no group':
      await forgetAwaitedOfGroup(directory, wish.id);
      return nothingIfAbsent(await closeGroupIn(directory, wish.id));
  }
}

/** A user joins the groups whose lists named them before they came. */
async function putDeliveredUser(directory: OpenDirectory, { id, email, name, status }: Extract<IdentityWish, { kind: 'user' }>): Promise<Written<unknown> | Refusal> {
  const { ask, tenantId } = directory;
  const awaitedBy = await ask<{ group_id: string }>({
    name: 'take-awaited',
    text: 'DELETE FROM identity_awaited WHERE tenant_id = $1 AND user_id = $2 RETURNING group_id',
    values: [tenantId, id],
  });
  const open = await openGroupsAmong(ask, { tenantId, ids: awaitedBy.map(({ group_id: group }) => group) });
  const groups = open.size === 0 ? undefined : [...new Set([...(await groupsOfUser(ask, { tenantId, userId: id })), ...open])];
  return putUserIn(directory, { id, wish: { email, name, ...(status === null ? {} : { status }), ...(groups === undefined ? {} : { groups }) } });
}

/** Members nobody knows yet are awaited: their own event may still be on its way. */
async function putDeliveredGroup(directory: OpenDirectory, { id, name, members }: Extract<IdentityWish, { kind: 'group' }>): Promise<Written<unknown> | Refusal> {
  const { ask, tenantId } = directory;
  if (members === null) return putGroupIn(directory, { id, wish: { name, members: await usersOfGroup(ask, { tenantId, groupId: id }) } });
  const known = await openUsersAmong(ask, { tenantId, ids: members });
  const written = await putGroupIn(directory, { id, wish: { name, members: members.filter((member) => known.has(member)) } });
  if (isRefusal(written)) return written;
  await forgetAwaitedOfGroup(directory, id);
  await ask({
    name: 'await-members',
    text: 'INSERT INTO identity_awaited (tenant_id, group_id, user_id) SELECT DISTINCT $1, $2, unnest($3::text[])',
    values: [tenantId, id, members.filter((member) => !known.has(member))],
  });
  return written;
}

/** What was never here is as gone as it is asked to be. */
function nothingIfAbsent(written: Written<unknown> | Refusal): Written<unknown> | Refusal {
  return isRefusal(written) && written.code === 'NOT_FOUND' ? { result: undefined, event: null } : written;
}

async function takeEvent({ ask, tenantId }: OpenDirectory, eventId: string): Promise<boolean> {
  await ask({
    name: 'forget-identity-events',
    text: `DELETE FROM identity_event WHERE tenant_id = $1 AND event_id IN (
      SELECT event_id FROM identity_event WHERE tenant_id = $1 AND received_at < now() - interval '${eventsKept}' LIMIT 100)`,
    values: [tenantId],
  });
  const taken = await ask({
    name: 'take-identity-event',
    text: 'INSERT INTO identity_event (tenant_id, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING event_id',
    values: [tenantId, eventId],
  });
  return taken.length > 0;
}

interface Place {
  readonly kind: string;
  readonly id: string;
}

async function readNewest({ ask, tenantId }: OpenDirectory, { kind, id }: Place) {
  const [row] = await ask<{ at_micros: string; closed: boolean }>({
    name: 'newest-identity-event',
    text: 'SELECT at_micros, closed FROM identity_newest WHERE tenant_id = $1 AND kind = $2 AND id = $3',
    values: [tenantId, kind, id],
  });
  return row === undefined ? null : { at: Number(row.at_micros), closed: row.closed };
}

async function writeNewest({ ask, tenantId }: OpenDirectory, { kind, id, at, closed }: Place & { readonly at: number; readonly closed: boolean }): Promise<void> {
  await ask({
    name: 'keep-newest-identity-event',
    text: `INSERT INTO identity_newest (tenant_id, kind, id, at_micros, closed) VALUES ($1, $2, $3, $4, $5)
      ON CONFLICT (tenant_id, kind, id) DO UPDATE SET at_micros = excluded.at_micros, closed = excluded.closed`,
    values: [tenantId, kind, id, at, closed],
  });
}
