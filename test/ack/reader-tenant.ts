// A tenant for tests of acks: a small directory whose roles can be changed, and a log of entries that name its profiles in every mixture.
import { appendIn, transactionOn } from '../../db/journal/append-in.ts';
import { createIds } from '../../db/ids.ts';
import type { Client, Pool } from '../../db/pool.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import type { Principal } from '../../domain/access/principal.ts';
import type { Role } from '../../domain/access/role.ts';
import type { EntryFacts } from '../../domain/journal/entry.ts';
import { randomFrom } from '../harness/random-from.ts';
import { madeFacts } from '../journal/made-facts.ts';

export interface LoggedEntry extends EntryFacts {
  readonly seq: number;
}

const ids = createIds({ nowMs: () => Date.now() });
const profiles = [
  ['o1', 'org', null],
  ['w1', 'workspace', 'o1'],
  ['w2', 'workspace', 'o1'],
  ['s1', 'share', 'w1'],
  ['s2', 'share', 'w1'],
  ['s3', 'share', 'w2'],
] as const;
export const profileIds = profiles.map(([id]) => id);

export class ReaderTenant {
  readonly tenantId = `ack-${ids.next().slice(-12)}`;
  readonly entries: LoggedEntry[] = [];
  readonly #pool: Pool;
  readonly #random: () => number;

  constructor({ pool, seed }: { pool: Pool; seed: number }) {
    this.#pool = pool;
    this.#random = randomFrom(seed);
  }

  run<T>(work: (client: Client) => Promise<T>): Promise<T> {
    return inTenant(this.#pool, this.tenantId, work);
  }

  async make(): Promise<void> {
    await this.run(async (client) => {
      await client.query({ text: 'INSERT INTO tenant (tenant_id, name) VALUES ($1, $1)', values: [this.tenantId] });
      await client.query({ text: `INSERT INTO tenant_log (tenant_id, epoch) VALUES ($1, 'e1')`, values: [this.tenantId] });
      for (const id of ['u0', 'u1']) await client.query({ text: `INSERT INTO dir_user VALUES ($1, $2, 'a@example.com', 'A', 'active', now(), now())`, values: [this.tenantId, id] });
      for (const [id, type, parent] of profiles) {
        await client.query({ text: `INSERT INTO profile VALUES ($1, $2, $3, 'P', $4, true, false, now(), now())`, values: [this.tenantId, id, type, parent] });
      }
    });
  }

  /** Null takes the membership away. */
  async setRole({ userId, profileId, role }: { userId: string; profileId: string; role: Role | null }): Promise<void> {
    await this.run(async (client) => {
      await client.query({ text: 'DELETE FROM profile_member WHERE tenant_id = $1 AND profile_id = $2 AND member_id = $3', values: [this.tenantId, profileId, userId] });
      if (role !== null) await client.query({ text: `INSERT INTO profile_member VALUES ($1, $2, $3, 'user', $4)`, values: [this.tenantId, profileId, userId, role] });
    });
  }

  async append(facts: readonly EntryFacts[]): Promise<void> {
    const seqs = await this.run((client) => appendIn(transactionOn(client), this.tenantId, facts));
    this.entries.push(...facts.map((one, index) => ({ ...one, seq: seqs[index] ?? 0 })));
  }

  async appendMixed(count: number): Promise<void> {
    await this.append(Array.from({ length: count }, () => this.#mixed()));
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[Math.floor(this.#random() * from.length)];
    if (picked === undefined) throw new Error('there is nothing to pick from');
    return picked;
  }

  chance(share: number): boolean {
    return this.#random() < share;
  }

  #mixed(): EntryFacts {
    return madeFacts({
      id: ids.next(),
      visibility: this.pick(['external', 'external', 'external', 'external', 'external_audit_log', 'internal']),
      permission: this.pick(['member', 'member', 'member', 'admin', 'targeted']),
      user_id: this.pick(['u0', 'u1', 'u2', 'u3', null]),
      target_user_id: this.pick(['u0', 'u1', null, null, null, null]),
      org_id: this.pick(['o1', null, null]),
      workspace_id: this.pick(['w1', 'w2', null, null]),
      share_id: this.pick(['s1', 's2', 's3', null]),
      event: this.pick(['share_storage_file_added', 'comment_created']),
    });
  }
}

export function reader(tenantId: string, userId: string, more: { scopes?: readonly string[]; entities?: readonly string[] } = {}): Principal {
  return {
    tenantId,
    userId,
    scopes: new Set(more.scopes),
    entities: more.entities ?? null,
    email: null,
    name: null,
    groups: [],
    sessionId: 's',
    issuedAtSeconds: null,
    expiresAtSeconds: Number.MAX_SAFE_INTEGER,
    serviceAccount: null,
    idp: null,
  };
}
