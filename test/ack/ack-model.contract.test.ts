// Acks beside a model of sets: random acks, un-acks, acks through a cursor, changes of role and new entries; the counts and the very bits must be those of the model.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asking } from '../../db/access/ask.ts';
import { readViewer } from '../../db/access/read-viewer.ts';
import { acknowledgeEvents, withdrawAck } from '../../db/ack/acknowledge-events.ts';
import { acknowledgeThrough } from '../../db/ack/acknowledge-through.ts';
import { countUnread } from '../../db/ack/count-unread.ts';
import type { Unread } from '../../db/ack/count-unread.ts';
import { setBits } from '../../db/ack/set-bits.ts';
import { createPool } from '../../db/pool.ts';
import type { Pool } from '../../db/pool.ts';
import { maySeeEntry } from '../../domain/access/audience.ts';
import type { Viewer } from '../../domain/access/audience.ts';
import type { Principal } from '../../domain/access/principal.ts';
import { createCursors } from '../../domain/cursor/cursor.ts';
import { toCurrentSelection } from '../../domain/filter/current-selection.ts';
import type { CurrentSelectionInput } from '../../domain/filter/current-selection.ts';
import { matches } from '../../domain/filter/matches.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import { freshDatabase } from '../harness/database.ts';
import type { TestDatabase } from '../harness/database.ts';
import { eventually } from '../harness/eventually.ts';
import { isFullSize } from '../harness/fault-rounds.ts';
import { testSeed } from '../harness/seed.ts';
import { ReaderTenant, profileIds, reader } from './reader-tenant.ts';
import type { LoggedEntry } from './reader-tenant.ts';

const seed = testSeed();
const steps = isFullSize() ? 10_000 : 600;
const entriesAtFirst = 8_400;
const cursors = createCursors(new Uint8Array(32));

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.appUrl, max: 4 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

describe('acks', () => {
  it(`when ${String(steps)} random steps are made (seed ${String(seed)}), then counts, watermarks and bits are those of the model`, async () => {
    const tenant = new ReaderTenant({ pool, seed });
    await tenant.make();
    await tenant.appendMixed(entriesAtFirst);
    const model = new Model(tenant);
    await tenant.setRole({ userId: 'u0', profileId: 'w1', role: 'member' });
    await tenant.setRole({ userId: 'u0', profileId: 's1', role: 'member' });

    for (let step = 0; step < steps; step += 1) await model.step();
    for (const principal of model.readers) expect(await model.unread(principal)).toEqual(await model.expectedUnread(principal));
    expect(await model.storedBits()).toEqual(model.expectedBits());
    // A walk in which a rule was never met says nothing about it.
    for (const [what, times] of Object.entries(model.done)) expect({ what, enough: times >= steps / 100 }).toEqual({ what, enough: true });
    expect(model.watermarksSeen).toBeGreaterThan(0);
  }, 1_200_000);

  it('when a watermark lies, then the counts are no longer those of the model: the comparison can tell', async () => {
    const tenant = new ReaderTenant({ pool, seed });
    await tenant.make();
    await tenant.appendMixed(500);
    await tenant.setRole({ userId: 'u0', profileId: 's1', role: 'member' });
    const model = new Model(tenant);
    const u0 = reader(tenant.tenantId, 'u0');
    expect(await model.unread(u0)).toEqual(await model.expectedUnread(u0));
    await tenant.run((client) =>
      client.query({ text: `INSERT INTO ack_watermark VALUES ($1, 'u0', 'share', 's1', 'member', 300)`, values: [tenant.tenantId] }),
    );

    expect(await model.unread(u0)).not.toEqual(await model.expectedUnread(u0));
  });

  it('when a million neighbouring entries are acknowledged, then it is at most 250 rows', async () => {
    const tenant = new ReaderTenant({ pool, seed });
    await tenant.make();
    const part = 100_000;
    for (let from = 1; from <= 1_000_000; from += part) {
      await tenant.run((client) => setBits(asking(client), { tenantId: tenant.tenantId, userId: 'u0' }, Array.from({ length: part }, (_, index) => from + index)));
    }
    const { rows } = await tenant.run((client) =>
      client.query<{ blocks: string; bits: string }>({ text: 'SELECT count(*) AS blocks, sum(bit_count(bits)) AS bits FROM ack_block WHERE tenant_id = $1', values: [tenant.tenantId] }),
    );

    expect(Number(rows[0]?.bits)).toBe(1_000_000);
    expect(Number(rows[0]?.blocks)).toBeLessThanOrEqual(250);
  }, 60_000);

  it('when an un-ack commits while a count is under way, then the count leaves no watermark above it', async () => {
    const tenant = new ReaderTenant({ pool, seed });
    await tenant.make();
    await tenant.appendMixed(1_000);
    await tenant.setRole({ userId: 'u0', profileId: 's1', role: 'member' });
    const u0 = reader(tenant.tenantId, 'u0');
    const model = new Model(tenant);
    await model.through(u0, 1_000, {});
    const seen = (await model.visible(u0)).at(-300);
    if (seen === undefined) throw new Error('too little is seen');

    const { counted, waited } = await tenant.run(async (withdrawing) => {
      await withdrawAck(withdrawing, u0, seen.id);
      const counting = model.unread(u0);
      return { waited: await eventually(() => isSomebodyWaiting(pool)), counted: counting };
    });

    expect(waited).toBe(true);
    expect((await counted).total).toBe(0);
    expect((await model.unread(u0)).total).toBe(1);
  });
});

async function isSomebodyWaiting(on: Pool): Promise<boolean> {
  const { rowCount } = await on.query(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`);
  return (rowCount ?? 0) > 0;
}

class Model {
  readonly readers: readonly Principal[];
  readonly done = { single: 0, refused: 0, bulk: 0, withdrawn: 0, through: 0, narrowed: 0, role: 0, appended: 0, counted: 0 };
  watermarksSeen = 0;
  readonly #tenant: ReaderTenant;
  readonly #acked = new Map<string, Set<number>>([
    ['u0', new Set()],
    ['u1', new Set()],
  ]);

  constructor(tenant: ReaderTenant) {
    this.#tenant = tenant;
    const { tenantId } = tenant;
    this.readers = [reader(tenantId, 'u0'), reader(tenantId, 'u1', { scopes: ['tenant:admin'] }), reader(tenantId, 'u0', { entities: ['share:s1', 'workspace:w2'] })];
  }

  async step(): Promise<void> {
    const who = this.#tenant.pick([...this.readers, ...this.readers.slice(0, 1)]);
    const what = this.#tenant.pick(deeds);
    await this[what](who);
  }

  async single(who: Principal): Promise<void> {
    const entry = this.#tenant.pick(this.#tenant.entries);
    const allowed = maySeeEntry(entry, { viewer: await this.#viewer(who), isAuditView: true });
    const answer = await this.#tenant.run((client) => acknowledgeEvents(client, who, [entry.id]));
    if (!allowed) {
      expect(isRefusal(answer)).toBe(true);
      this.done.refused += 1;
      return;
    }
    expect(answer).toBe(this.#ackedBy(who).has(entry.seq) ? 0 : 1);
    this.#ackedBy(who).add(entry.seq);
    this.done.single += 1;
  }

  async bulk(who: Principal): Promise<void> {
    const seen = await this.visible(who);
    if (seen.length === 0) return;
    const chosen = Array.from({ length: 15 }, () => this.#tenant.pick(seen));
    const fresh = new Set(chosen.map(({ seq }) => seq).filter((seq) => !this.#ackedBy(who).has(seq)));
    expect(await this.#tenant.run((client) => acknowledgeEvents(client, who, chosen.map(({ id }) => id)))).toBe(fresh.size);
    for (const seq of fresh) this.#ackedBy(who).add(seq);
    this.done.bulk += 1;
  }

  async withdraw(who: Principal): Promise<void> {
    const acked = (await this.visible(who)).filter(({ seq }) => this.#ackedBy(who).has(seq));
    if (acked.length === 0) return;
    const entry = this.#tenant.pick(acked);
    expect(await this.#tenant.run((client) => withdrawAck(client, who, entry.id))).toBeNull();
    this.#ackedBy(who).delete(entry.seq);
    this.done.withdrawn += 1;
  }

  async ackThrough(who: Principal): Promise<void> {
    const { entries } = this.#tenant;
    const input: CurrentSelectionInput = this.#tenant.chance(0.5) ? {} : this.#tenant.pick<CurrentSelectionInput>([{ share_id: 's1' }, { event: 'comment_created' }, { visibility: 'external_audit_log' }, { user_id: who.userId }]);
    const through = this.#tenant.pick(entries).seq;
    await this.through(who, this.#tenant.chance(0.3) ? entries.length : through, input);
    this.done.through += 1;
    if (Object.keys(input).length > 0) this.done.narrowed += 1;
  }

  async through(who: Principal, seq: number, input: CurrentSelectionInput): Promise<void> {
    const selection = toCurrentSelection(input);
    if (isRefusal(selection)) throw new Error(selection.message);
    const isMeant = matches(selection.filter);
    const viewer = await this.#viewer(who);
    const meant = this.#tenant.entries.filter(
      (entry) =>
        entry.seq <= seq &&
        maySeeEntry(entry, { viewer, isAuditView: selection.isAuditView }) &&
        isMeant({ ...entry, recordedAt: 0 }) &&
        this.#hasPart(entry, viewer, input) &&
        !this.#ackedBy(who).has(entry.seq),
    );
    const answer = await acknowledgeThrough(pool, cursors, { principal: who, place: { epoch: 'e1', seq, scopeTag: 'any' }, selection, partSeqs: 4_096 });
    expect(answer).toBe(meant.length);
    for (const entry of meant) this.#ackedBy(who).add(entry.seq);
  }

  async append(): Promise<void> {
    await this.#tenant.appendMixed(20);
    this.done.appended += 1;
  }

  async changeRole(): Promise<void> {
    const profileId = this.#tenant.pick(profileIds);
    await this.#tenant.setRole({ userId: 'u0', profileId, role: this.#tenant.pick(['member', 'member', 'admin', 'viewer', null]) });
    this.done.role += 1;
  }

  async count(who: Principal): Promise<void> {
    expect(await this.unread(who)).toEqual(await this.expectedUnread(who));
    this.watermarksSeen += await this.#watermarks();
    this.done.counted += 1;
  }

  unread(who: Principal): Promise<Unread> {
    return countUnread(pool, who);
  }

  async expectedUnread(who: Principal): Promise<Unread> {
    const unread = (await this.visible(who)).filter(({ seq }) => !this.#ackedBy(who).has(seq));
    const profiles: Record<string, number> = {};
    for (const { org_id: org, workspace_id: workspace, share_id: share } of unread) {
      for (const id of [org, workspace, share]) if (id !== null) profiles[id] = (profiles[id] ?? 0) + 1;
    }
    return { profiles, total: unread.length };
  }

  async visible(who: Principal): Promise<LoggedEntry[]> {
    const viewer = await this.#viewer(who);
    return this.#tenant.entries.filter((entry) => maySeeEntry(entry, { viewer, isAuditView: false }));
  }

  async storedBits(): Promise<string[]> {
    const { rows } = await this.#tenant.run((client) =>
      client.query<{ user_id: string; seq: string }>({
        text: `SELECT user_id, block * 4096 + bit + 1 AS seq FROM ack_block, generate_series(0, 4095) AS bit WHERE tenant_id = $1 AND get_bit(bits, bit) = 1`,
        values: [this.#tenant.tenantId],
      }),
    );
    return rows.map(({ user_id, seq }) => `${user_id} ${seq}`).sort();
  }

  expectedBits(): string[] {
    return [...this.#acked].flatMap(([userId, seqs]) => [...seqs].map((seq) => `${userId} ${String(seq)}`)).sort();
  }

  /** What search puts beside the audience: no part in a profile, nothing but one's own. */
  #hasPart(entry: LoggedEntry, viewer: Viewer, { share_id: share }: CurrentSelectionInput): boolean {
    if (share === undefined || viewer.administersAll || viewer.seen.share.has(share)) return true;
    return entry.user_id === viewer.userId || entry.target_user_id === viewer.userId;
  }

  #viewer(who: Principal): Promise<Viewer> {
    return this.#tenant.run((client) => readViewer(asking(client), who));
  }

  #ackedBy({ userId }: Principal): Set<number> {
    const acked = this.#acked.get(userId);
    if (acked === undefined) throw new Error(`nobody is called ${userId}`);
    return acked;
  }

  async #watermarks(): Promise<number> {
    const { rowCount } = await this.#tenant.run((client) => client.query({ text: 'SELECT 1 FROM ack_watermark WHERE tenant_id = $1', values: [this.#tenant.tenantId] }));
    return rowCount ?? 0;
  }
}

const deeds = [
  ...(['single', 'single', 'single', 'bulk', 'bulk', 'withdraw', 'withdraw', 'withdraw', 'ackThrough', 'append', 'changeRole', 'count', 'count'] as const),
];
