// Calls that join a batch while it holds the lock: only those of which nothing must be looked up, and none is lost when the batch is tried again.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { ensureDemoTenant } from '../../bin/up/demo-tenant.ts';
import { appendBatch } from '../../db/journal/append-batch.ts';
import { createJournal } from '../../db/journal/journal.ts';
import type { Journal } from '../../db/journal/journal.ts';
import { listPartitions } from '../../db/journal/partitions.ts';
import { createPool } from '../../db/pool.ts';
import type { Pool } from '../../db/pool.ts';
import type { AppendCall, IdempotencyKey } from '../../domain/journal/append-decision.ts';
import { freshDatabase } from '../harness/database.ts';
import type { TestDatabase } from '../harness/database.ts';
import { madeFacts } from './made-facts.ts';

const tenantId = 'demo';
const key: IdempotencyKey = { keyHash: 'a'.repeat(64), bodyHash: 'b'.repeat(64) };

let database: TestDatabase;
let pool: Pool;
let owner: pg.Client;
let journal: Journal;

beforeAll(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.appUrl, max: 2 });
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  await ensureDemoTenant({ appUrl: database.appUrl });
  journal = createJournal({ pool, onAppended: () => undefined });
});

afterAll(async () => {
  await journal.close();
  await Promise.all([owner.end(), pool.end()]);
  await database.drop();
});

function call(userId: string, resource: string, { callKey = null, itemKey = null }: { callKey?: IdempotencyKey | null; itemKey?: IdempotencyKey | null } = {}): AppendCall {
  return { userId, partial: false, callKey, items: [{ kind: 'entry', prepared: journal.prepare(madeFacts({ resource_id: resource })), key: itemKey }] };
}

async function stored(prefix: string): Promise<string[]> {
  const { rows } = await owner.query<{ resource_id: string }>('SELECT resource_id FROM entry WHERE tenant_id = $1 AND starts_with(resource_id, $2) ORDER BY seq', [tenantId, prefix]);
  return rows.map(({ resource_id }) => resource_id);
}

describe('when a batch holds the lock', () => {
  it('then a call of a user it has looked up, without a key, joins it, and is answered after those before it', async () => {
    const late = call('usr_1', 'joined-2');
    const { outcomes, written } = await appendBatch(pool, tenantId, [call('usr_1', 'joined-1')], { moments: { join: (mayJoin) => [late].filter(mayJoin), onSent: () => undefined } });

    expect(outcomes).toHaveLength(2);
    expect(outcomes[1]).toMatchObject({ results: [{ status: 'created', seq: written?.lastSeq }] });
    expect(await stored('joined')).toEqual(['joined-1', 'joined-2']);
  });

  it('then one of another user, whose standing nobody looked up, does not, nor one with a key that may be stored already', async () => {
    const late = [call('usr_2', 'apart-2'), call('usr_1', 'apart-3', { callKey: key }), call('usr_1', 'apart-4', { itemKey: key })];
    const { outcomes } = await appendBatch(pool, tenantId, [call('usr_1', 'apart-1')], { moments: { join: (mayJoin) => late.filter(mayJoin), onSent: () => undefined } });

    expect(outcomes).toHaveLength(1);
    expect(await stored('apart')).toEqual(['apart-1']);
  });

  it('then it says that all is sent only after it has the lock, and the next one gets the lock from it', async () => {
    const order: string[] = [];
    let second: Promise<unknown> = Promise.resolve();
    await appendBatch(pool, tenantId, [call('usr_1', 'next-1')], {
      moments: {
        join: () => {
          order.push('locked');
          return [];
        },
        onSent: () => {
          order.push('sent');
          second = appendBatch(pool, tenantId, [call('usr_1', 'next-2')]);
        },
      },
    });
    await second;

    expect(order).toEqual(['locked', 'sent']);
    expect(await stored('next')).toEqual(['next-1', 'next-2']);
  });
});

describe('when a batch is tried again because its month has no partition', () => {
  it('then those that had joined it are stored with it, once', async () => {
    for (const name of await listPartitions(pool)) await owner.query(`DROP TABLE ${pg.escapeIdentifier(name)}`);
    const late = [call('usr_1', 'again-2')];
    const { outcomes } = await appendBatch(pool, tenantId, [call('usr_1', 'again-1')], { moments: { join: () => late.splice(0), onSent: () => undefined } });

    expect(outcomes).toHaveLength(2);
    expect(await stored('again')).toEqual(['again-1', 'again-2']);
  });
});
