// Saved queries, as the ORM sees the rows.
import { defineEntity, p } from '@mikro-orm/postgresql';
import type { InferEntity } from '@mikro-orm/postgresql';
import type { JsonObject } from '../../domain/shared/json.ts';

export const SavedQueryRow = defineEntity({
  name: 'SavedQuery',
  tableName: 'saved_query',
  properties: {
    tenantId: p.string().primary(),
    id: p.string().primary(),
    name: p.string(),
    filter: p.json<JsonObject>(),
    shared: p.boolean(),
    createdBy: p.string(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type SavedQueryRowType = InferEntity<typeof SavedQueryRow>;
