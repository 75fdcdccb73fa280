// GET and PATCH /api/v1/admin/settings: what a tenant decides for itself.
import { settings, settingsWish } from '../../../domain/settings/settings.ts';
import { may } from '../../../domain/access/may.ts';
import { refuse } from '../../../domain/shared/refusal.ts';
import { asking } from '../../../db/access/ask.ts';
import { readAsker } from '../../../db/access/read-asker.ts';
import { keepSettingsPolicy } from '../../../db/retention/settings-policy.ts';
import { changeSettings } from '../../../db/settings/change-settings.ts';
import { readSettings } from '../../../db/settings/read-settings.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import { defineRoute } from '../../route/define-route.ts';

const reply = settings.meta({ id: 'TenantSettings' });

export const readSettingsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/admin/settings',
  summary: 'Read the settings of the tenant',
  tag: 'settings',
  access: { anyScope: ['tenant:admin', 'compliance:manage', 'audit:read'] },
  reply,
  refusals: ['FORBIDDEN'],
  handle: ({ principal }, { pool }) =>
    inTenant(pool, principal.tenantId, async (client) => {
      const ask = asking(client);
      const asker = await readAsker(ask, principal);
      if (!may({ asker, deed: 'read-audit', subject: { kind: 'tenant' } })) return refuse('FORBIDDEN');
      return readSettings(ask, principal.tenantId);
    }),
});

export const changeSettingsRoute = defineRoute({
  method: 'PATCH',
  path: '/api/v1/admin/settings',
  summary: 'Change settings of the tenant',
  description: 'Absent ones stay as they are. What changes is one entry of the log; a change that changes nothing writes nothing.',
  tag: 'settings',
  access: { anyScope: ['tenant:admin'] },
  ownAction: { action: 'update_config' },
  body: settingsWish,
  reply,
  refusals: ['FORBIDDEN'],
  handle: ({ body, principal, requestId }, world) => changeSettings(world, { principal, requestId }, { wish: body, also: keepSettingsPolicy }),
});
