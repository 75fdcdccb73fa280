// A made directory put into the database, and a made caller as the principal of a token.
import type { Client } from '../../db/pool.ts';
import type { Principal } from '../../domain/access/principal.ts';
import type { MadeCaller, MadeDirectory } from './random-directory.ts';

export async function storeDirectory(client: Client, tenantId: string, { users, groups, profiles, members }: MadeDirectory): Promise<void> {
  await client.query({ text: 'INSERT INTO tenant (tenant_id, name) VALUES ($1, $1)', values: [tenantId] });
  for (const { id, status } of users) {
    await client.query({
      text: `INSERT INTO dir_user VALUES ($1, $2, 'a@example.com', 'A', $3, now(), now())`,
      values: [tenantId, id, status],
    });
  }
  for (const { id, closed, members: inside } of groups) {
    await client.query({ text: `INSERT INTO dir_group VALUES ($1, $2, 'G', $3, now(), now())`, values: [tenantId, id, closed] });
    for (const userId of inside)
      await client.query({ text: 'INSERT INTO dir_group_member VALUES ($1, $2, $3)', values: [tenantId, id, userId] });
  }
  for (const { id, type, parentId, closed } of profiles) {
    await client.query({
      text: `INSERT INTO profile VALUES ($1, $2, $3, 'P', $4, true, $5, now(), now())`,
      values: [tenantId, id, type, parentId, closed],
    });
  }
  for (const { profileId, memberId, memberType, role } of members) {
    await client.query({
      text: 'INSERT INTO profile_member VALUES ($1, $2, $3, $4, $5)',
      values: [tenantId, profileId, memberId, memberType, role],
    });
  }
}

export function principalOf(tenantId: string, { userId, scopes, entities }: MadeCaller): Principal {
  return {
    tenantId,
    userId,
    scopes: new Set(scopes),
    entities,
    email: null,
    name: null,
    groups: [],
    sessionId: 's',
    issuedAtSeconds: null,
    expiresAtSeconds: Number.MAX_SAFE_INTEGER,
    serviceAccount: null,
    idp: null,
  };
}
