// Guards the rights that polls live by: no question to the database while nothing changes, the right answer as soon as something did.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRightsCache } from '../../db/access/rights-cache.ts';
import { createJournal } from '../../db/journal/journal.ts';
import { openStore } from '../../db/store.ts';
import type { Store } from '../../db/store.ts';
import { queryAs } from '../../db/tenant-transaction.ts';
import type { Principal } from '../../domain/access/principal.ts';
import { openDirectoryApi } from '../directory/directory-api.ts';
import type { DirectoryApi, TenantApi } from '../directory/directory-api.ts';
import { eventually } from '../harness/eventually.ts';
import { startStopwatch } from '../harness/stopwatch.ts';
import { madeFacts } from '../journal/made-facts.ts';

let api: DirectoryApi;
/** A second process, as far as rights go: its own tail, its own memory. */
let other: Store;
beforeAll(async () => {
  api = await openDirectoryApi();
  other = await openStore({ appUrl: api.database.appUrl, clock: { nowMs: () => Date.now() }, onTrouble: () => undefined });
});
afterAll(async () => {
  await other.close();
  await api.close();
});

function principalOf({ tenantId }: TenantApi, parts: Partial<Principal> = {}): Principal {
  return {
    tenantId,
    userId: 'ann',
    scopes: new Set(),
    entities: null,
    email: null,
    name: null,
    groups: [],
    sessionId: 's',
    issuedAtSeconds: null,
    expiresAtSeconds: Number.MAX_SAFE_INTEGER,
    serviceAccount: null,
    idp: null,
    ...parts,
  };
}

async function tenantWithMember(): Promise<TenantApi> {
  const tenant = await api.tenant();
  await tenant.put('/directory/users/ann', { email: 'ann@example.com', name: 'Ann' });
  await tenant.put('/directory/profiles/shr_1', { type: 'share', name: 'One' });
  await tenant.put('/directory/profiles/shr_2', { type: 'share', name: 'Two' });
  await tenant.put('/directory/profiles/shr_1/members/ann', { role: 'viewer' });
  return tenant;
}

/** A cache whose questions to the database are counted. */
function countingCache(store: Store) {
  let asked = 0;
  const pool = new Proxy(store.pool, {
    get(target, name) {
      if (name !== 'connect') return Reflect.get(target, name) as unknown;
      asked += 1;
      return target.connect.bind(target);
    },
  });
  return {
    rights: createRightsCache({ pool, tail: store.tail }),
    get asked() {
      return asked;
    },
  };
}

async function settled(store: Store, tenantId: string): Promise<void> {
  const log = await store.tail.watch(tenantId);
  await eventually(() => log?.isCurrent() === true);
}

describe('createRightsCache', () => {
  it('when nothing changes, then the database is asked once for each kind of question', async () => {
    const tenant = await tenantWithMember();
    const cache = countingCache(api.store);
    await settled(api.store, tenant.tenantId);
    const ann = principalOf(tenant);

    for (let round = 0; round < 300; round += 1) {
      expect(await cache.rights.admit(ann)).toBeUndefined();
      expect(await cache.rights.mayReadShare(ann, 'shr_1')).toBe(true);
      expect(await cache.rights.readableShares(ann)).toEqual(new Set(['shr_1']));
    }

    expect(cache.asked).toBe(3);
  });

  it('when this process takes a right away, then the very next question knows', async () => {
    const tenant = await tenantWithMember();
    const ann = principalOf(tenant);
    await settled(api.store, tenant.tenantId);
    expect(await api.store.rights.mayReadShare(ann, 'shr_1')).toBe(true);
    expect(await api.store.rights.readableShares(ann)).toEqual(new Set(['shr_1']));

    await tenant.remove('/directory/profiles/shr_1/members/ann');

    expect(await api.store.rights.mayReadShare(ann, 'shr_1')).toBe(false);
    expect(await api.store.rights.readableShares(ann)).toEqual(new Set());
  });

  it('when another process takes a right away, then this one knows within a second, and as soon as its tail has passed the entry', async () => {
    const tenant = await tenantWithMember();
    const ann = principalOf(tenant);
    await settled(other, tenant.tenantId);
    expect(await other.rights.mayReadShare(ann, 'shr_1')).toBe(true);
    expect(await other.rights.admit(ann)).toBeUndefined();
    const elapsedMs = startStopwatch();

    await tenant.put('/directory/users/ann', { email: 'ann@example.com', name: 'Ann', status: 'suspended' });

    await eventually(async () => (await other.rights.admit(ann))?.code === 'AUTHZ_USER_SUSPENDED');
    await eventually(async () => !(await other.rights.mayReadShare(ann, 'shr_1')));
    expect(elapsedMs()).toBeLessThan(1_000);
  });

  it('when two tokens of one user reach differently, then neither is answered with the other’s rights', async () => {
    const tenant = await tenantWithMember();
    await settled(api.store, tenant.tenantId);
    const { rights } = api.store;

    expect(await rights.readableShares(principalOf(tenant))).toEqual(new Set(['shr_1']));
    expect(await rights.readableShares(principalOf(tenant, { scopes: new Set(['tenant:admin']) }))).toBeNull();
    expect(await rights.readableShares(principalOf(tenant, { scopes: new Set(['tenant:admin']), entities: ['share:shr_2'] }))).toEqual(
      new Set(['shr_2']),
    );
    expect(await rights.readableShares(principalOf(tenant, { entities: ['share:shr_2'] }))).toEqual(new Set());
    expect(await rights.readableShares(principalOf(tenant, { userId: 'bob' }))).toEqual(new Set());
    expect(await rights.mayReadShare(principalOf(tenant, { entities: ['share:shr_2'] }), 'shr_1')).toBe(false);
  });

  it('when the tenant does not exist, then nobody is let in and nothing is seen', async () => {
    const nowhere = principalOf({ ...(await api.tenant()), tenantId: 'nowhere' }, { scopes: new Set(['*']) });
    expect(await api.store.rights.admit(nowhere)).toMatchObject({ code: 'TENANT_UNKNOWN' });
    expect(await api.store.rights.readableShares(nowhere)).toEqual(new Set());
    expect(await api.store.rights.mayReadShare(nowhere, 'shr_1')).toBe(false);
  });

  it('when the directory does not know the user, then they are let in, with their scopes and no membership', async () => {
    const tenant = await tenantWithMember();
    expect(await api.store.rights.admit(principalOf(tenant, { userId: 'stranger' }))).toBeUndefined();
    expect(
      await api.store.rights.mayReadShare(principalOf(tenant, { userId: 'stranger', scopes: new Set(['tenant:admin']) }), 'shr_1'),
    ).toBe(true);
  });

  it('when a producer names a share that nobody made, then those who read everything may ask for it from then on', async () => {
    const tenant = await tenantWithMember();
    const admin = principalOf(tenant, { scopes: new Set(['tenant:admin']) });
    const journal = createJournal({ pool: api.store.pool, onAppended: api.store.tail.noteAppended });
    expect(await api.store.rights.mayReadShare(admin, 'unmade')).toBe(false);

    const prepared = journal.prepare(
      madeFacts({ id: api.world.ids.next(), share_id: 'unmade', resource_type: 'file', change_type: 'created' }),
    );
    await journal.submit(tenant.tenantId, {
      userId: 'producer',
      partial: false,
      callKey: null,
      items: [{ kind: 'entry', prepared, key: null }],
    });
    await journal.close();

    expect(await api.store.rights.mayReadShare(admin, 'unmade')).toBe(true);
    expect(await api.store.rights.mayReadShare(principalOf(tenant), 'unmade')).toBe(false);
    expect(
      await api.store.rights.mayReadShare(principalOf(tenant, { scopes: new Set(['tenant:admin']), entities: ['share:unmade'] }), 'unmade'),
    ).toBe(false);
    expect(await queryAs(api.store.pool, tenant.tenantId, { text: `SELECT 1 FROM profile WHERE id = 'unmade'` })).toEqual([]);
  });
});
