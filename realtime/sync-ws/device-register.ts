// Of each device of a user the newest connection stays, over all processes: claims are told to the others and learnt from them four times a second.
import { randomUUID } from 'node:crypto';
import { claimDevice, forgetOldClaims, readClaimsOfOthers } from '../../db/realtime/device-claims.ts';
import type { DeviceOfUser } from '../../db/realtime/device-claims.ts';
import type { Pool } from '../../db/pool.ts';
import type { Micros } from '../../domain/shared/instant.ts';
import { createRegularRounds } from '../wire/regular-rounds.ts';

export interface DeviceRegister {
  /** The connection before it, wherever it is, is replaced; answers how to forget this one. */
  enter(device: DeviceOfUser & { readonly tenantId: string }, onReplaced: () => void): Promise<() => void>;
  stop(): Promise<void>;
}

export interface DeviceRegisterOptions {
  readonly pool: Pool;
  readonly onError: (error: unknown) => void;
  readonly everyMs?: number;
}

interface DeviceHere {
  readonly onReplaced: () => void;
  /** Null until the database has it: what others claimed meanwhile is looked at in the next round. */
  claimedAt: Micros | null;
}

interface TenantHere {
  readonly devices: Map<string, DeviceHere>;
  /** What others claimed up to here was looked at. */
  heardOf: Micros;
  roundsToForgetting: number;
}

/** A claim is seen a moment after the time it carries: so much is looked at again. */
const overlapMicros = 3_000_000;
const roundsBetweenForgetting = 1_000;

export function createDeviceRegister({ pool, onError, everyMs = 250 }: DeviceRegisterOptions): DeviceRegister {
  const processId = randomUUID();
  const tenants = new Map<string, TenantHere>();
  const rounds = createRegularRounds({ round, isWanted: () => tenants.size > 0, everyMs, onError });

  async function enter({ tenantId, userId, deviceId }: DeviceOfUser & { readonly tenantId: string }, onReplaced: () => void): Promise<() => void> {
    const tenant = tenants.get(tenantId) ?? { devices: new Map<string, DeviceHere>(), heardOf: 0, roundsToForgetting: 0 };
    tenants.set(tenantId, tenant);
    const key = keyOf({ userId, deviceId });
    const here: DeviceHere = { onReplaced, claimedAt: null };
    tenant.devices.get(key)?.onReplaced();
    tenant.devices.set(key, here);
    const forget = (): void => {
      if (tenant.devices.get(key) === here) tenant.devices.delete(key);
    };
    try {
      here.claimedAt = await claimDevice(pool, { tenantId, userId, deviceId, processId });
    } catch (error) {
      forget();
      throw error;
    }
    // Claims from before the first one here are of no concern.
    if (tenant.heardOf === 0) tenant.heardOf = here.claimedAt;
    rounds.wanted();
    return forget;
  }

  async function round(): Promise<void> {
    for (const [tenantId, tenant] of tenants) {
      if (tenant.devices.size === 0) tenants.delete(tenantId);
      else await hear(tenantId, tenant);
    }
  }

  async function hear(tenantId: string, tenant: TenantHere): Promise<void> {
    const { askedAt, claims } = await readClaimsOfOthers(pool, { tenantId, processId, after: tenant.heardOf - overlapMicros });
    for (const { userId, deviceId, claimedAt } of claims) {
      const key = keyOf({ userId, deviceId });
      const here = tenant.devices.get(key);
      if (here === undefined || here.claimedAt === null || here.claimedAt > claimedAt) continue;
      tenant.devices.delete(key);
      here.onReplaced();
    }
    tenant.heardOf = askedAt;
    tenant.roundsToForgetting -= 1;
    if (tenant.roundsToForgetting > 0) return;
    tenant.roundsToForgetting = roundsBetweenForgetting;
    await forgetOldClaims(pool, tenantId);
  }

  return {
    enter,
    async stop() {
      await rounds.stop();
      tenants.clear();
    },
  };
}

function keyOf({ userId, deviceId }: DeviceOfUser): string {
  return JSON.stringify([userId, deviceId]);
}
