// The REST door over a real database, for tests of the directory and of tenants: each test makes a tenant of its own.
import { directoryRoutes } from '../../api/v1/directory/directory-routes.ts';
import { tenantRoutes } from '../../api/v1/admin/tenant-routes.ts';
import { startApi } from '../../api/start-api.ts';
import type { Route } from '../../api/route/define-route.ts';
import { createIds } from '../../db/ids.ts';
import { openStore } from '../../db/store.ts';
import type { Store } from '../../db/store.ts';
import { createTenant } from '../../db/tenant/create-tenant.ts';
import { queryAs } from '../../db/tenant-transaction.ts';
import { createFakeWorld, signToken } from '../api/fake-world.ts';
import type { FakeWorld } from '../api/fake-world.ts';
import { freshDatabase } from '../harness/database.ts';
import type { TestDatabase } from '../harness/database.ts';

export interface Answered {
  readonly status: number;
  /** Null when there was none. */
  readonly body: Readonly<Record<string, unknown>> | null;
}

export interface Call {
  readonly body?: unknown;
  /** Over the claims of a producer (`events:write`). */
  readonly claims?: Readonly<Record<string, unknown>>;
}

export interface LogRow {
  readonly seq: string;
  readonly own_action: string | null;
  readonly event_type: string;
  readonly event: string;
  readonly user_id: string | null;
  readonly target_user_id: string | null;
  readonly org_id: string | null;
  readonly workspace_id: string | null;
  readonly share_id: string | null;
  readonly resource_type: string;
  readonly resource_id: string;
  readonly resource_name: string | null;
  readonly change_type: string | null;
  readonly change_metadata: Readonly<Record<string, unknown>> | null;
  readonly details: Readonly<Record<string, unknown>> | null;
  readonly request_id: string | null;
}

/** One tenant, seen through the door and in its log. */
export interface TenantApi {
  readonly tenantId: string;
  call(method: string, path: string, call?: Call): Promise<Answered>;
  put(path: string, body: unknown): Promise<Answered>;
  get(path: string, claims?: Call['claims']): Promise<Answered>;
  remove(path: string): Promise<Answered>;
  /** The entries after the one that tells of the tenant's making; those of refused and failed calls left out. */
  log(): Promise<LogRow[]>;
}

export interface DirectoryApi {
  readonly store: Store;
  readonly database: TestDatabase;
  readonly world: FakeWorld;
  tenant(): Promise<TenantApi>;
  close(): Promise<void>;
}

export async function openDirectoryApi({ more = [] }: { readonly more?: readonly Route[] } = {}): Promise<DirectoryApi> {
  const database = await freshDatabase();
  const troubles: unknown[] = [];
  const store = await openStore({
    appUrl: database.appUrl,
    clock: { nowMs: () => Date.now() },
    onTrouble: ({ error }) => troubles.push(error),
  });
  const small = createFakeWorld({ access: store.rights });
  const ids = createIds({ nowMs: () => Date.now() });
  const world = Object.assign(small, store, { ids });
  const api = await startApi({
    host: '127.0.0.1',
    port: 0,
    checkReplies: true,
    stopLimitMs: 5_000,
    world,
    routes: [...directoryRoutes, ...tenantRoutes, ...more],
  });

  return {
    store,
    database,
    world,
    async tenant() {
      const tenantId = `t-${ids.next()}`;
      await createTenant(world, { tenantId, operator: null, requestId: null });
      return tenantApi({ url: api.url, store, tenantId });
    },
    async close() {
      await api.stop();
      await store.close();
      // Dropping ends connections the server had not noticed to be closed: what comes after this is no trouble.
      const met = [...troubles];
      await database.drop();
      if (met.length > 0) throw new AggregateError(met, 'the store met troubles');
    },
  };
}

function tenantApi({ url, store, tenantId }: { url: string; store: Store; tenantId: string }): TenantApi {
  async function call(method: string, path: string, { body, claims = { scope: 'events:write' } }: Call = {}): Promise<Answered> {
    const token = await signToken({ tenant_id: tenantId, sub: 'producer', ...claims });
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : (JSON.parse(text) as Record<string, unknown>) };
  }
  return {
    tenantId,
    call,
    put: (path, body) => call('PUT', path, { body }),
    get: (path, claims) => call('GET', path, claims === undefined ? {} : { claims }),
    remove: (path) => call('DELETE', path),
    log: () =>
      queryAs<LogRow>(store.pool, tenantId, {
        text: `SELECT seq, own_action, event_type, event, user_id, target_user_id, org_id, workspace_id, share_id, resource_type, resource_id, resource_name,
            change_type, change_metadata, details, request_id FROM entry WHERE tenant_id = $1 AND seq > 1 AND outcome = 'success' ORDER BY seq`,
        values: [tenantId],
      }),
  };
}
