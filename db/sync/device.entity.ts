// Devices, their places in the shares and their preferences, as the ORM sees the rows.
import { defineEntity, p } from '@mikro-orm/postgresql';
import type { InferEntity } from '@mikro-orm/postgresql';

export const SyncDevice = defineEntity({
  name: 'SyncDevice',
  tableName: 'sync_device',
  properties: {
    tenantId: p.string().primary(),
    id: p.string().primary(),
    userId: p.string(),
    deviceName: p.string(),
    platform: p.string(),
    clientVersion: p.string(),
    status: p.string(),
    createdAt: p.datetime(),
    lastSeenAt: p.datetime(),
  },
});
export type SyncDeviceRow = InferEntity<typeof SyncDevice>;

export const SyncCursor = defineEntity({
  name: 'SyncCursor',
  tableName: 'sync_cursor',
  properties: {
    tenantId: p.string().primary(),
    deviceId: p.string().primary(),
    shareId: p.string().primary(),
    epoch: p.string(),
    seq: p.bigint('number'),
    acceptedFloor: p.bigint('number'),
    lastSyncAt: p.datetime(),
  },
});

export const SyncPreference = defineEntity({
  name: 'SyncPreference',
  tableName: 'sync_preference',
  properties: {
    tenantId: p.string().primary(),
    deviceId: p.string().primary(),
    shareId: p.string().primary(),
    mode: p.string(),
    includePaths: p.json<string[]>(),
    excludePaths: p.json<string[]>(),
    updatedAt: p.datetime(),
  },
});
