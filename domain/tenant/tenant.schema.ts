// A tenant: what is sent to make one, and what is shown.
import { z } from 'zod';
import { producerId } from '../shared/ids.ts';

const longestName = 255;

/** Ids that begin with an underscore are kept for Holdfast itself. */
export const newTenantId = producerId.refine((id) => !id.startsWith('_'), 'expected an id that does not begin with _');

/** Without a name a new tenant is called by its id, and one that is there keeps the name it has. */
export const tenantWish = z.strictObject({
  name: z
    .string()
    .max(longestName, `expected at most ${String(longestName)} characters`)
    .refine((text) => text.trim() !== '', 'expected some text')
    .optional(),
});
export type TenantWish = z.output<typeof tenantWish>;

export const tenant = z.strictObject({ id: z.string(), name: z.string(), created_at: z.string() });
export type Tenant = z.output<typeof tenant>;
