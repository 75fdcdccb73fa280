// A group's row, as the ORM sees it.
import { defineEntity, p } from '@mikro-orm/postgresql';
import type { InferEntity } from '@mikro-orm/postgresql';

export const DirGroup = defineEntity({
  name: 'DirGroup',
  tableName: 'dir_group',
  properties: {
    tenantId: p.string().primary(),
    id: p.string().primary(),
    name: p.string(),
    closed: p.boolean(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type DirGroupRow = InferEntity<typeof DirGroup>;
