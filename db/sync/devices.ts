// What is kept of sync clients: registering devices, where they stand, what they mirror. All inside an open unit of work.
import type { CursorPlace } from '../../domain/cursor/cursor.ts';
import { refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { defaultPreference, devicesPerUser } from '../../domain/sync/device.schema.ts';
import type { Device, DeviceInput, Preference } from '../../domain/sync/device.schema.ts';
import type { Em } from '../orm.ts';
import { SyncCursor, SyncDevice, SyncPreference } from './device.entity.ts';
import type { SyncDeviceRow } from './device.entity.ts';

export interface DeviceOfUser {
  readonly tenantId: string;
  readonly deviceId: string;
  readonly userId: string;
}

export interface DeviceInShare extends Pick<DeviceOfUser, 'tenantId' | 'deviceId'> {
  readonly shareId: string;
}

export async function registerDevice(
  em: Em,
  { tenantId, userId, input, now }: { tenantId: string; userId: string; input: DeviceInput; now: Date },
): Promise<Registered | Refusal> {
  const known = await em.findOne(SyncDevice, { tenantId, id: input.device_id });
  if (known !== null && (known.userId !== userId || known.status !== 'active')) return refuse('CONFLICT', { message: 'This device id is taken.' });
  if (known === null && (await em.count(SyncDevice, { tenantId, userId, status: 'active' })) >= devicesPerUser) {
    return refuse('CONFLICT', { message: `A user has at most ${String(devicesPerUser)} devices.` });
  }
  const values = { deviceName: input.device_name, platform: input.platform, clientVersion: input.client_version, lastSeenAt: now };
  const row =
    known === null
      ? em.create(SyncDevice, { tenantId, id: input.device_id, userId, status: 'active', createdAt: now, ...values })
      : em.assign(known, values);
  return { device: present(row), isNew: known === null };
}

export interface Registered {
  readonly device: Device;
  readonly isNew: boolean;
}

export async function listDevices(em: Em, { tenantId, userId }: Pick<DeviceOfUser, 'tenantId' | 'userId'>): Promise<Device[]> {
  const rows = await em.find(SyncDevice, { tenantId, userId }, { orderBy: { createdAt: 'asc', id: 'asc' }, limit: 2 * devicesPerUser });
  return rows.map(present);
}

/** Null for a device that is absent, closed, or (when a user is named) somebody else's. */
export async function findDevice(em: Em, { tenantId, deviceId, userId }: Omit<DeviceOfUser, 'userId'> & { readonly userId: string | null }): Promise<Device | null> {
  const row = await em.findOne(SyncDevice, { tenantId, id: deviceId, status: 'active', ...(userId === null ? {} : { userId }) });
  return row === null ? null : present(row);
}

export type DevicePlace = Pick<CursorPlace, 'epoch' | 'seq' | 'acceptedFloor'> & { readonly lastSyncAt: Date };

export async function readPlace(em: Em, key: DeviceInShare): Promise<DevicePlace | null> {
  const row = await em.findOne(SyncCursor, key);
  return row === null ? null : { epoch: row.epoch, seq: row.seq, acceptedFloor: row.acceptedFloor, lastSyncAt: row.lastSyncAt };
}

export async function writePlace(em: Em, key: DeviceInShare, { epoch, seq, acceptedFloor = 0, lastSyncAt }: DevicePlace): Promise<void> {
  await em.upsert(SyncCursor, { ...key, epoch, seq, acceptedFloor, lastSyncAt });
  await em.nativeUpdate(SyncDevice, { tenantId: key.tenantId, id: key.deviceId }, { lastSeenAt: lastSyncAt });
}

export async function readPreference(em: Em, key: DeviceInShare): Promise<Preference> {
  const row = await em.findOne(SyncPreference, key);
  if (row === null) return defaultPreference;
  return { mode: row.mode as Preference['mode'], include_paths: row.includePaths, exclude_paths: row.excludePaths };
}

export async function writePreference(em: Em, key: DeviceInShare, wanted: Preference, now: Date): Promise<void> {
  const { mode, include_paths: includePaths, exclude_paths: excludePaths } = wanted;
  await em.upsert(SyncPreference, { ...key, mode, includePaths, excludePaths, updatedAt: now });
}

function present(row: SyncDeviceRow): Device {
  return {
    id: row.id,
    device_id: row.id,
    user_id: row.userId,
    device_name: row.deviceName,
    platform: row.platform,
    client_version: row.clientVersion,
    status: row.status === 'closed' ? 'closed' : 'active',
    created_at: row.createdAt.toISOString(),
    last_seen_at: row.lastSeenAt.toISOString(),
  };
}
