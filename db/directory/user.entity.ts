// A user's row, as the ORM sees it.
import { defineEntity, p } from '@mikro-orm/postgresql';
import type { InferEntity } from '@mikro-orm/postgresql';

export const DirUser = defineEntity({
  name: 'DirUser',
  tableName: 'dir_user',
  properties: {
    tenantId: p.string().primary(),
    id: p.string().primary(),
    email: p.string(),
    name: p.string(),
    status: p.enum(['active', 'suspended', 'deactivated', 'closed'] as const),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type DirUserRow = InferEntity<typeof DirUser>;
