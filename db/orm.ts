// The ORM for what is configured and listed (directory, devices, jobs); the log itself is written and read by SQL.
import { MikroORM } from '@mikro-orm/postgresql';
import type { EntityManager } from '@mikro-orm/postgresql';
import { entities } from './entities.ts';

export type Orm = MikroORM;
export type Em = EntityManager;

export interface OrmOptions {
  readonly url: string;
  readonly max?: number;
  readonly onError?: (error: Error) => void;
}

export async function createOrm({ url, max = 5, onError }: OrmOptions): Promise<Orm> {
  return MikroORM.init({
    clientUrl: url,
    entities,
    ensureDatabase: false,
    discovery: { warnWhenNoEntities: false },
    driverOptions: {
      max,
      application_name: 'holdfast-orm',
      connectionTimeoutMillis: 5_000,
      statement_timeout: 30_000,
      idle_in_transaction_session_timeout: 15_000,
      ...(onError === undefined ? {} : { onError }),
    },
  });
}

/** A unit of work in which exactly one tenant's rows exist. */
export async function inTenantEm<T>(orm: Orm, tenantId: string, work: (em: Em) => Promise<T>): Promise<T> {
  return orm.em.fork().transactional(async (em) => {
    await em.execute("SELECT set_config('holdfast.tenant', ?, true)", [tenantId]);
    return work(em);
  });
}
