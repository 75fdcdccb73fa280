// GET /api/v1/sync/status and POST /api/v1/sync/cursor: where a device stands in a share, and moving it.
import { z } from 'zod';
import { fromTheBeginning, judgeCursor } from '../../../domain/cursor/judge-cursor.ts';
import type { CursorPlace } from '../../../domain/cursor/cursor.ts';
import { producerId } from '../../../domain/shared/ids.ts';
import { isRefusal, refuse } from '../../../domain/shared/refusal.ts';
import type { Refusal } from '../../../domain/shared/refusal.ts';
import { mayReadShare } from '../../../db/access/readable-shares.ts';
import { countPendingChanges } from '../../../db/sync/pending-changes.ts';
import { readLogBounds } from '../../../db/journal/read-bounds.ts';
import type { LogBounds } from '../../../db/journal/read-bounds.ts';
import { inTenantEm } from '../../../db/orm.ts';
import { findDevice, readPlace, writePlace } from '../../../db/sync/devices.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import type { Principal } from '../../../domain/access/principal.ts';
import { defineRoute } from '../../route/define-route.ts';
import type { ApiWorld } from '../../world.ts';
import { shareScope } from './share-scope.ts';

const deviceInShare = z.strictObject({ share_id: producerId, device_id: producerId });

export const syncStatus = defineRoute({
  method: 'GET',
  path: '/api/v1/sync/status',
  summary: 'Where a device stands in a share',
  description:
    'A device that has no place in the share yet is given one at the head. has_conflicts is always false: Holdfast keeps the log, conflicts are found by the system that keeps the files.',
  tag: 'sync',
  access: 'signed-in',
  query: deviceInShare,
  reply: z.strictObject({ cursor_position: z.string(), last_sync_at: z.string(), pending_changes: z.int(), has_conflicts: z.literal(false) }),
  refusals: ['NOT_FOUND'],
  async handle({ query: { share_id: shareId, device_id: deviceId }, principal }, world) {
    const { tenantId } = principal;
    const bounds = await boundsOfShare(principal, shareId, world);
    if (isRefusal(bounds)) return bounds;
    const key = { tenantId, deviceId, shareId };
    const place = await inTenantEm(world.orm, tenantId, async (em) => {
      if ((await findDevice(em, { tenantId, deviceId, userId: principal.userId })) === null) return refuse('NOT_FOUND');
      const known = await readPlace(em, key);
      if (known !== null) return known;
      const atHead = { epoch: bounds.epoch, seq: bounds.head, acceptedFloor: 0, lastSyncAt: new Date(world.clock.nowMs()) };
      await writePlace(em, key, atHead);
      return atHead;
    });
    if (isRefusal(place)) return place;
    const pending = await inTenant(world.pool, tenantId, (client) => countPendingChanges(client, { tenantId, shareId, afterSeq: place.seq }), { planned: 'once' });
    return {
      cursor_position: world.cursors.make(tenantId, { ...place, scopeTag: shareScope(shareId) }),
      last_sync_at: place.lastSyncAt.toISOString(),
      pending_changes: pending,
      has_conflicts: false as const,
    };
  },
});

export const moveSyncCursor = defineRoute({
  method: 'POST',
  path: '/api/v1/sync/cursor',
  summary: 'Move a device to a cursor',
  tag: 'sync',
  access: 'signed-in',
  query: deviceInShare.extend({ position: z.string().min(1).max(256) }),
  reply: z.strictObject({ cursor_position: z.string(), last_sync_at: z.string() }),
  refusals: ['NOT_FOUND', 'CURSOR_INVALID', 'CURSOR_MISMATCH', 'CURSOR_EXPIRED'],
  async handle({ query: { share_id: shareId, device_id: deviceId, position }, principal }, world) {
    const { tenantId } = principal;
    const bounds = await boundsOfShare(principal, shareId, world);
    if (isRefusal(bounds)) return bounds;
    const scopeTag = shareScope(shareId);
    const place = readPosition(position, bounds, { tenantId, scopeTag, world });
    if (isRefusal(place)) return place;
    const lastSyncAt = new Date(world.clock.nowMs());
    const moved = await inTenantEm(world.orm, tenantId, async (em) => {
      if ((await findDevice(em, { tenantId, deviceId, userId: principal.userId })) === null) return refuse('NOT_FOUND');
      await writePlace(em, { tenantId, deviceId, shareId }, { ...place, lastSyncAt });
      return null;
    });
    if (moved !== null) return moved;
    return { cursor_position: world.cursors.make(tenantId, { ...place, scopeTag }), last_sync_at: lastSyncAt.toISOString() };
  },
});

async function boundsOfShare(principal: Principal, shareId: string, world: ApiWorld): Promise<LogBounds | Refusal> {
  return inTenant(world.pool, principal.tenantId, async (client) => {
    if (!(await mayReadShare(client, principal, shareId))) return refuse('NOT_FOUND');
    return (await readLogBounds(client, { tenantId: principal.tenantId, shareId })) ?? refuse('TENANT_UNKNOWN');
  });
}

interface PositionContext {
  readonly tenantId: string;
  readonly scopeTag: string | null;
  readonly world: ApiWorld;
}

function readPosition(position: string, bounds: LogBounds, { tenantId, scopeTag, world }: PositionContext): CursorPlace | Refusal {
  if (position === fromTheBeginning) return { epoch: bounds.epoch, seq: 0, acceptedFloor: bounds.floor, scopeTag };
  const place = world.cursors.read(tenantId, position);
  const cursorAt = (seq: number, acceptedFloor = 0) => world.cursors.make(tenantId, { epoch: bounds.epoch, seq, scopeTag, acceptedFloor });
  const refusal = judgeCursor(place, { ...bounds, scopeTag, cursorAt });
  return refusal ?? place ?? refuse('CURSOR_INVALID');
}
