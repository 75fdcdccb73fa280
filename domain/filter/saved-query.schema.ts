// Saved queries: a filter with a name, kept to be asked again.
import { z } from 'zod';
import { filterFields } from './filter.schema.ts';

export const savedFilter = z.strictObject({ ...filterFields, held: z.boolean().optional() });
export type SavedFilter = z.output<typeof savedFilter>;

const queryName = z.string().min(1).max(200);

export const savedQueryInput = z.strictObject({
  name: queryName,
  filter: savedFilter,
  shared: z.boolean().default(true).describe('True: every auditor of the tenant sees it. False: its maker alone.'),
});
export type SavedQueryInput = z.output<typeof savedQueryInput>;

export const savedQueryPatch = z
  .strictObject({ name: queryName.optional(), filter: savedFilter.optional(), shared: z.boolean().optional() });
export type SavedQueryPatch = z.output<typeof savedQueryPatch>;

export const savedQuery = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    filter: z.looseObject({}).describe('The parameters of the search, lists as lists.'),
    shared: z.boolean(),
    created_by: z.string(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'SavedQuery' });
export type SavedQuery = z.output<typeof savedQuery>;
