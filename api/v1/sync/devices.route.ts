// GET and POST /api/v1/sync/devices: the caller's own devices.
import { z } from 'zod';
import { inTenantEm } from '../../../db/orm.ts';
import { listDevices, registerDevice } from '../../../db/sync/devices.ts';
import { device, deviceInput } from '../../../domain/sync/device.schema.ts';
import { defineRoute } from '../../route/define-route.ts';

export const listSyncDevices = defineRoute({
  method: 'GET',
  path: '/api/v1/sync/devices',
  summary: 'List the devices of the caller',
  tag: 'sync',
  access: 'signed-in',
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
  body: deviceInput,
  reply: device,
  status: 201,
  refusals: ['CONFLICT'],
  handle: ({ body, principal: { tenantId, userId } }, world) =>
    inTenantEm(world.orm, tenantId, (em) => registerDevice(em, { tenantId, userId, input: body, now: new Date(world.clock.nowMs()) })),
});
