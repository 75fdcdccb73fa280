// Changes a tenant's settings and tells of it in one transaction; two who change them at once do it one after the other.
import { may } from '../../domain/access/may.ts';
import type { Principal } from '../../domain/access/principal.ts';
import { ownEntry } from '../../domain/journal/own-entry.ts';
import { decideSettings } from '../../domain/settings/decide-settings.ts';
import { settingsFrom } from '../../domain/settings/settings.ts';
import type { Settings, SettingsWish } from '../../domain/settings/settings.ts';
import type { Clock } from '../../domain/shared/clock.ts';
import type { Ids } from '../../domain/shared/ids.ts';
import { formatInstant } from '../../domain/shared/instant.ts';
import { refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { askingIn } from '../access/ask.ts';
import type { Ask } from '../access/ask.ts';
import { readAsker } from '../access/read-asker.ts';
import type { Effects } from '../effect.ts';

export interface SettingsWorld {
  readonly effects: Effects;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface SettingsWriter {
  readonly principal: Principal;
  readonly requestId: string;
}

/** In the same transaction, for what the settings mean elsewhere. */
export type AlsoWrites = (ask: Ask, changed: { readonly tenantId: string; readonly before: Settings; readonly after: Settings; readonly by: string; readonly now: string }) => Promise<void>;

export async function changeSettings(
  { effects, clock, ids }: SettingsWorld,
  { principal, requestId }: SettingsWriter,
  { wish, also }: { readonly wish: SettingsWish; readonly also: AlsoWrites },
): Promise<Settings | Refusal> {
  const { tenantId } = principal;
  return effects.run(tenantId, async (em) => {
    const ask = askingIn(em);
    const asker = await readAsker(ask, principal);
    if (!may({ asker, deed: 'manage-tenant', subject: { kind: 'tenant' } })) return refuse('FORBIDDEN');
    const stored = await lockSettings(ask, tenantId);
    const change = decideSettings(stored, wish);
    if (change === null) return { result: stored, entries: [] };

    const nowMs = clock.nowMs();
    await ask({
      name: 'change-settings',
      text: 'UPDATE tenant_settings SET settings = $2::jsonb, updated_at = $3 WHERE tenant_id = $1',
      values: [tenantId, JSON.stringify(change.next), new Date(nowMs)],
    });
    await also(ask, { tenantId, before: stored, after: change.next, by: principal.userId, now: formatInstant(nowMs * 1000) });
    const entry = ownEntry({
      id: ids.next(),
      nowMs,
      ownAction: 'update_config',
      actor: principal,
      requestId,
      resourceType: 'config',
      resourceId: 'global',
      details: change.details,
    });
    return { result: change.next, entries: [entry] };
  });
}

async function lockSettings(ask: Ask, tenantId: string): Promise<Settings> {
  await ask({
    name: 'make-settings',
    text: `INSERT INTO tenant_settings (tenant_id) VALUES ($1) ON CONFLICT (tenant_id) DO NOTHING`,
    values: [tenantId],
  });
  const [row] = await ask<{ settings: unknown }>({
    name: 'lock-settings',
    text: 'SELECT settings FROM tenant_settings WHERE tenant_id = $1 FOR UPDATE',
    values: [tenantId],
  });
  return settingsFrom(row?.settings);
}
