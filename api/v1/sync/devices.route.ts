// GET and POST /api/v1/sync/devices: the caller's own devices.
import { z } from 'zod';
import { inTenantEm } from '../../../db/orm.ts';
import { listDevices, registerDevice } from '../../../db/sync/devices.ts';
import { costs } from '../../../domain/rate-limit/limits.ts';
import { device, deviceInput } from '../../../domain/sync/device.schema.ts';
import { ownEntry } from '../../../domain/journal/own-entry.ts';
import { isRefusal } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';

export const listSyncDevices = defineRoute({
  method: 'GET',
  path: '/api/v1/sync/devices',
  summary: 'List the devices of the caller',
  tag: 'sync',
  access: 'signed-in',
  cost: costs.list,
  reply: z.array(device),
  refusals: [],
  handle: ({ principal: { tenantId, userId } }, world) => inTenantEm(world.orm, tenantId, (em) => listDevices(em, { tenantId, userId })),
});

export const registerSyncDevice = defineRoute({
  method: 'POST',
  path: '/api/v1/sync/devices',
  summary: 'Register a device, or tell its newer version',
  description: 'The id is made by the client and may be kept across installations.',
  tag: 'sync',
  access: 'signed-in',
  ownAction: { action: 'register_device', resource: ({ body }) => body?.device_id ?? null },
  body: deviceInput,
  reply: device,
  status: 201,
  refusals: ['CONFLICT'],
  async handle({ body, principal, requestId }, world) {
    const { tenantId, userId } = principal;
    const nowMs = world.clock.nowMs();
    return world.effects.run(tenantId, async (em) => {
      const registered = await registerDevice(em, { tenantId, userId, input: body, now: new Date(nowMs) });
      if (isRefusal(registered)) return registered;
      const { device: shown, isNew } = registered;
      const entry = ownEntry({
        id: world.ids.next(),
        nowMs,
        ownAction: 'register_device',
        actor: principal,
        requestId,
        resourceType: 'device',
        resourceId: shown.device_id,
        resourceName: shown.device_name,
        targetUserId: userId,
        details: { platform: shown.platform, client_version: shown.client_version },
      });
      return { result: shown, entries: isNew ? [entry] : [] };
    });
  },
});
