// Reads a tenant's settings inside a transaction of that tenant.
import { settingsFrom } from '../../domain/settings/settings.ts';
import type { Settings } from '../../domain/settings/settings.ts';
import type { Ask } from '../access/ask.ts';

export async function readSettings(ask: Ask, tenantId: string): Promise<Settings> {
  const [row] = await ask<{ settings: unknown }>({
    name: 'read-settings',
    text: 'SELECT settings FROM tenant_settings WHERE tenant_id = $1',
    values: [tenantId],
  });
  return settingsFrom(row?.settings);
}
