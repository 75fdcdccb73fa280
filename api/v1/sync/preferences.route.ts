// GET and PUT /api/v1/sync/preferences: what a device mirrors of a share, set by its user or by an administrator.
import { z } from 'zod';
import { hasAnyScope } from '../../../domain/access/scopes.ts';
import type { Principal } from '../../../domain/access/principal.ts';
import { ownEntry } from '../../../domain/journal/own-entry.ts';
import { producerId } from '../../../domain/shared/ids.ts';
import { isRefusal, refuse } from '../../../domain/shared/refusal.ts';
import type { Refusal } from '../../../domain/shared/refusal.ts';
import { preference, preferenceInput, samePreference } from '../../../domain/sync/device.schema.ts';
import type { Device } from '../../../domain/sync/device.schema.ts';
import { mayReadShare } from '../../../db/access/readable-shares.ts';
import { inTenantEm } from '../../../db/orm.ts';
import { findDevice, readPreference, writePreference } from '../../../db/sync/devices.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import { defineRoute } from '../../route/define-route.ts';
import type { ApiWorld } from '../../world.ts';

const deviceInShare = z.strictObject({ share_id: producerId, device_id: producerId });

export const readSyncPreference = defineRoute({
  method: 'GET',
  path: '/api/v1/sync/preferences',
  summary: 'What a device mirrors of a share',
  tag: 'sync',
  access: 'signed-in',
  query: deviceInShare,
  reply: preference,
  refusals: ['NOT_FOUND'],
  async handle({ query, principal }, world) {
    const found = await deviceInReach(query, principal, world);
    if (isRefusal(found)) return found;
    return inTenantEm(world.orm, principal.tenantId, (em) => readPreference(em, keyOf(query, principal)));
  },
});

export const writeSyncPreference = defineRoute({
  method: 'PUT',
  path: '/api/v1/sync/preferences',
  summary: 'Say what a device mirrors of a share',
  tag: 'sync',
  access: 'signed-in',
  ownAction: { action: 'update_sync_preference', resource: ({ query }) => query?.device_id ?? null },
  query: deviceInShare,
  body: preferenceInput,
  reply: preference,
  refusals: ['NOT_FOUND', 'TENANT_UNKNOWN'],
  async handle({ query, body, principal, requestId }, world) {
    const found = await deviceInReach(query, principal, world);
    if (isRefusal(found)) return found;
    const key = keyOf(query, principal);
    const nowMs = world.clock.nowMs();
    return world.effects.run(principal.tenantId, async (em) => {
      if (samePreference(await readPreference(em, key), body)) return { result: body, entries: [] };
      await writePreference(em, key, body, new Date(nowMs));
      const entry = ownEntry({
        id: world.ids.next(),
        nowMs,
        ownAction: 'update_sync_preference',
        visibility: 'internal',
        actor: principal,
        requestId,
        resourceType: 'device',
        resourceId: found.device_id,
        resourceName: found.device_name,
        targetUserId: found.user_id,
        shareId: query.share_id,
        details: { mode: body.mode },
      });
      return { result: body, entries: [entry] };
    });
  },
});

interface DeviceInShareQuery {
  readonly share_id: string;
  readonly device_id: string;
}

async function deviceInReach(query: DeviceInShareQuery, principal: Principal, world: ApiWorld): Promise<Device | Refusal> {
  const { tenantId } = principal;
  if (!(await inTenant(world.pool, tenantId, (client) => mayReadShare(client, principal, query.share_id)))) return refuse('NOT_FOUND');
  const userId = hasAnyScope(principal, ['tenant:admin']) ? null : principal.userId;
  const device = await inTenantEm(world.orm, tenantId, (em) => findDevice(em, { tenantId, deviceId: query.device_id, userId }));
  return device ?? refuse('NOT_FOUND');
}

function keyOf({ share_id: shareId, device_id: deviceId }: DeviceInShareQuery, { tenantId }: Principal) {
  return { tenantId, deviceId, shareId };
}
