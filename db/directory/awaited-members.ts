// Who is to join which group as soon as the identity provider tells of them: forgotten when somebody decides otherwise.
import type { OpenDirectory } from './write-directory.ts';

export async function forgetAwaitedOfGroup({ ask, tenantId }: OpenDirectory, groupId: string): Promise<void> {
  await ask({ name: 'forget-awaited-of-group', text: 'DELETE FROM identity_awaited WHERE tenant_id = $1 AND group_id = $2', values: [tenantId, groupId] });
}

export async function forgetAwaitedOfUser({ ask, tenantId }: OpenDirectory, userId: string): Promise<void> {
  await ask({ name: 'forget-awaited-of-user', text: 'DELETE FROM identity_awaited WHERE tenant_id = $1 AND user_id = $2', values: [tenantId, userId] });
}
