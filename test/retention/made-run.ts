// A log with a run over it that is under way, made row by row: for tests of removing that need no plan of a policy.
import { createHash, generateKeyPairSync } from 'node:crypto';
import { signHead } from '../../activities/evidence/sign-head.ts';
import { asking } from '../../db/access/ask.ts';
import { createSigner } from '../../db/evidence/sign.ts';
import type { Signer } from '../../db/evidence/sign.ts';
import type { Store } from '../../db/store.ts';
import { appendIn, transactionOn } from '../../db/journal/append-in.ts';
import { writePolicy } from '../../db/retention/policy-rows.ts';
import { createTenant } from '../../db/tenant/create-tenant.ts';
import { inTenant, queryAs } from '../../db/tenant-transaction.ts';
import { newPolicy } from '../../domain/retention/decide-policy.ts';
import { planText } from '../../domain/retention/plan.schema.ts';
import { policyWish } from '../../domain/retention/policy.schema.ts';
import type { EntryFacts } from '../../domain/journal/entry.ts';
import { ownEntry } from '../../domain/journal/own-entry.ts';
import type { Ids } from '../../domain/shared/ids.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import { madeFacts } from '../journal/made-facts.ts';

export interface MadeRun {
  readonly tenantId: string;
  readonly runId: string;
}

export interface RunWish {
  readonly store: Store;
  readonly ids: Ids;
  /** What each of the entries is, by its place. */
  readonly facts: readonly Partial<EntryFacts>[];
  /** With which its beginning is signed; null leaves it unsigned, and then nothing can be removed. */
  readonly signer?: Signer | null;
}

export function freshSigner(): Signer {
  return createSigner(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
}

/** Everything that was appended is planned; the entry that made the tenant is not, nor the one that says that the run began. */
export async function madeRun({ store, ids, facts, signer = freshSigner() }: RunWish): Promise<MadeRun> {
  const tenantId = `t-${ids.next()}`;
  const runId = ids.next();
  await createTenant({ ...store, clock: { nowMs: () => Date.now() }, ids }, { tenantId, operator: null, requestId: null });
  await appendFacts(store, { tenantId, ids, facts });
  const state = newPolicy(policyWish.parse({ name: 'All', retention_days: 0 }));
  if (isRefusal(state)) throw new Error(state.message);
  const now = new Date().toISOString();
  await inTenant(store.pool, tenantId, async (client) => {
    await writePolicy(asking(client), { tenantId, policyId: 'P', state, version: 1, createdBy: 'officer', changedBy: 'officer', now });
    const {
      rows: [log],
    } = await client.query<{ last_seq: string; seqs: string }>(
      `SELECT l.last_seq, (SELECT range_agg(int8range(e.seq, e.seq, '[]'))::text FROM entry e WHERE e.tenant_id = $1 AND e.seq > 1) AS seqs FROM tenant_log l WHERE l.tenant_id = $1`,
      [tenantId],
    );
    if (log === undefined) throw new Error('there is no log');
    const parts = [{ seqs: log.seqs }];
    const hash = createHash('sha256').update(planText({ tenantId, policyId: 'P', policyVersion: 1, asOfSeq: Number(log.last_seq), parts, views: null })).digest('hex');
    await client.query(
      `INSERT INTO retention_plan (tenant_id, hash, policy_id, policy_version, as_of_seq, as_of, summary, made_by, made_at) VALUES ($1, $2, 'P', 1, $3, now(), '{}', 'officer', now())`,
      [tenantId, hash, log.last_seq],
    );
    await client.query(`INSERT INTO retention_plan_part (tenant_id, plan_hash, number, first_seq, last_seq, seqs) VALUES ($1, $2, 1, 2, $3, $4::int8multirange)`, [tenantId, hash, log.last_seq, log.seqs]);
    await client.query(
      `INSERT INTO retention_run (tenant_id, id, policy_id, plan_hash, state, requested_by, created_at, started_at, head_before)
       SELECT $1, $2, 'P', $3, 'running', 'officer', now(), now(), jsonb_build_object('seq', l.last_seq, 'link', encode(l.last_link, 'hex')) FROM tenant_log l WHERE l.tenant_id = $1`,
      [tenantId, runId, hash],
    );
    const begun = ownEntry({ id: ids.next(), nowMs: Date.now(), ownAction: 'run_retention', actor: null, requestId: null, resourceType: 'retention_run', resourceId: runId, details: { plan_hash: hash } });
    await appendIn(transactionOn(client), tenantId, [begun]);
  });
  if (signer !== null) await signHead({ pool: store.pool, clock: { nowMs: () => Date.now() }, signer }, { tenantId, onSegment: () => undefined });
  return { tenantId, runId };
}

export async function appendFacts({ journal }: Pick<Store, 'journal'>, { tenantId, ids, facts }: { tenantId: string; ids: Ids; facts: readonly Partial<EntryFacts>[] }): Promise<void> {
  const items = facts.map((different) => ({ kind: 'entry' as const, prepared: journal.prepare(madeFacts({ ...different, id: ids.next() })), key: null }));
  const receipt = await journal.submit(tenantId, { userId: 'producer', partial: false, callKey: null, items });
  if (isRefusal(receipt)) throw new Error(receipt.code);
}

export async function seqsWhere(store: Pick<Store, 'pool'>, tenantId: string, condition: string): Promise<number[]> {
  const rows = await queryAs<{ seq: string }>(store.pool, tenantId, { text: `SELECT seq FROM entry WHERE tenant_id = $1 AND ${condition} ORDER BY seq`, values: [tenantId] });
  return rows.map(({ seq }) => Number(seq));
}
