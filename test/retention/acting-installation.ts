// A database, a folder for files and everything that carries runs out, without Temporal: for tests that follow an archive or a quarantine step by step.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { completeFolder } from '../../activities/retention/archive-folder.ts';
import { archivePlace } from '../../activities/retention/archive-place.ts';
import { carryRun } from '../../activities/retention/carry-run.ts';
import type { CarriedSoFar, CarryStep, CarryingWorld } from '../../activities/retention/carry-run.ts';
import { asking } from '../../db/access/ask.ts';
import { createSigner } from '../../db/evidence/sign.ts';
import { createIds } from '../../db/ids.ts';
import { createPartFiles } from '../../db/parts/part-files.ts';
import { createPool } from '../../db/pool.ts';
import { beginRun } from '../../db/retention/begin-run.ts';
import { certifyRun } from '../../db/retention/certify-run.ts';
import type { Certified } from '../../db/retention/certify-run.ts';
import { makePlan } from '../../db/retention/make-plan.ts';
import { commandRun, findRun, startRun } from '../../db/retention/run-rows.ts';
import { createPolicy } from '../../db/retention/write-policy.ts';
import type { RetentionWorld } from '../../db/retention/write-policy.ts';
import { openStore } from '../../db/store.ts';
import type { Store } from '../../db/store.ts';
import { createTenant } from '../../db/tenant/create-tenant.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import type { EntryFacts } from '../../domain/journal/entry.ts';
import type { RunCommand } from '../../domain/retention/decide-run.ts';
import { policyWish } from '../../domain/retention/policy.schema.ts';
import type { Run } from '../../domain/retention/run.schema.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { freshDatabase } from '../harness/database.ts';
import type { TestDatabase } from '../harness/database.ts';
import { granted, officerOf } from '../legal-hold/officers.ts';
import { appendFacts } from './made-run.ts';

export interface RunHere {
  readonly tenantId: string;
  readonly policyId: string;
  readonly runId: string;
}

export interface ActingInstallation {
  readonly database: TestDatabase;
  readonly store: Store;
  readonly world: CarryingWorld & RetentionWorld;
  readonly filesDir: string;
  makeTenant(): Promise<string>;
  append(tenantId: string, facts: readonly Partial<EntryFacts>[]): Promise<void>;
  /** Of a policy of its own that means every `file.create`. */
  start(tenantId: string, action: 'delete' | 'archive' | 'quarantine'): Promise<RunHere>;
  /** Plans and runs a policy that is there. */
  startAgain(run: RunHere): Promise<RunHere>;
  carry(run: RunHere, more?: Partial<CarryStep>): Promise<CarriedSoFar>;
  certify(run: RunHere, failure?: string | null): Promise<Certified>;
  command(run: RunHere, command: RunCommand, userId?: string): Promise<Run | Refusal>;
  read(run: RunHere): Promise<Run>;
  /** The certificate's body. */
  certificate(run: RunHere): Promise<Record<string, unknown>>;
  folderOf(run: RunHere): string;
  end(): Promise<void>;
}

const clock = { nowMs: () => Date.now() };

export async function startActing(): Promise<ActingInstallation> {
  const database = await freshDatabase();
  const filesDir = mkdtempSync(join(tmpdir(), 'holdfast-acting-'));
  const store = await openStore({ appUrl: database.appUrl, clock, onTrouble: () => undefined });
  const pruner = createPool({ url: database.prunerUrl, max: 3 });
  const ids = createIds(clock);
  const signer = createSigner(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  const world = { effects: store.effects, pool: store.pool, pruner, files: createPartFiles(filesDir), signer, clock, ids };

  async function startAgain({ tenantId, policyId }: RunHere): Promise<RunHere> {
    const { hash } = granted(await makePlan(world, officerOf(tenantId), policyId));
    const { id: runId } = granted(await startRun(world, officerOf(tenantId), { policyId, planHash: hash }));
    return { tenantId, policyId, runId };
  }

  async function read({ tenantId, runId }: RunHere): Promise<Run> {
    const run = await inTenant(store.pool, tenantId, (client) => findRun(asking(client), { tenantId, runId }));
    if (run === null) throw new Error(`there is no run ${runId}`);
    return run;
  }

  return {
    database,
    store,
    world,
    filesDir,
    startAgain,
    read,
    async makeTenant() {
      const tenantId = `t-${ids.next()}`;
      await createTenant(world, { tenantId, operator: null, requestId: null });
      return tenantId;
    },
    append: (tenantId, facts) => appendFacts(store, { tenantId, ids, facts }),
    async start(tenantId, action) {
      const wish = policyWish.parse({ name: `All by ${action}`, retention_days: 0, action, filter: { event_type: 'file.create' } });
      const { id: policyId } = granted(await createPolicy(world, officerOf(tenantId), wish));
      return startAgain({ tenantId, policyId, runId: '' });
    },
    async carry({ tenantId, runId }, more = {}) {
      const now = new Date(clock.nowMs()).toISOString();
      await beginRun(store.pool, { tenantId, runId }, now);
      return carryRun(world, { tenantId, runId, now, ...more });
    },
    async certify({ tenantId, runId }, failure = null) {
      const certified = await certifyRun(world, { tenantId, runId }, { failure });
      await completeFolder(world, { tenantId, runId });
      return certified;
    },
    command: ({ tenantId, runId }, command, userId) => commandRun(world, officerOf(tenantId, userId), { runId, command }),
    async certificate({ tenantId, runId }) {
      const { rows } = await inTenant(store.pool, tenantId, (client) => client.query<{ body: string }>('SELECT body FROM retention_certificate WHERE tenant_id = $1 AND run_id = $2', [tenantId, runId]));
      if (rows.length !== 1) throw new Error(`there are ${String(rows.length)} certificates`);
      return JSON.parse(rows[0]?.body ?? '') as Record<string, unknown>;
    },
    folderOf({ tenantId, runId }) {
      const { kind, tenantId: tenant, id } = archivePlace({ tenantId, runId });
      return join(filesDir, kind, tenant, id);
    },
    async end() {
      await Promise.all([pruner.end(), store.close()]);
      await database.drop();
      rmSync(filesDir, { recursive: true, force: true });
    },
  };
}
