// Makes sure of the tenant that a first look at Holdfast needs.
import { createIds } from '../../db/ids.ts';
import { openStore } from '../../db/store.ts';
import { createTenant } from '../../db/tenant/create-tenant.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';

const clock = { nowMs: () => Date.now() };

export async function ensureDemoTenant({ appUrl }: { appUrl: string }): Promise<void> {
  let trouble: unknown;
  const store = await openStore({ appUrl, clock, onTrouble: ({ error }) => { trouble = error; } });
  try {
    const made = await createTenant({ effects: store.effects, clock, ids: createIds(clock) }, { tenantId: 'demo', name: 'Demo', operator: null, requestId: null });
    if (isRefusal(made)) throw new Error(`the tenant demo could not be made: ${made.message}`, { cause: trouble });
  } finally {
    await store.close();
  }
}
