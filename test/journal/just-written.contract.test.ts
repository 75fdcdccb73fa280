// What live doors are given together with a commit is what they would read after it, and nothing where they could not use it.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createJournal } from '../../db/journal/journal.ts';
import type { Journal } from '../../db/journal/journal.ts';
import { readLivePage } from '../../db/journal/read-live.ts';
import { fewEntries, readNews } from '../../db/journal/read-news.ts';
import type { NewsWish } from '../../db/journal/read-news.ts';
import type { Appended } from '../../db/journal/tail-log.ts';
import { createPool } from '../../db/pool.ts';
import type { Pool } from '../../db/pool.ts';
import type { AppendCall, IdempotencyKey } from '../../domain/journal/append-decision.ts';
import type { EntryFacts } from '../../domain/journal/entry.ts';
import { freshDatabase } from '../harness/database.ts';
import type { TestDatabase } from '../harness/database.ts';
import { queryAsOwner } from '../harness/owner-query.ts';
import { madeFacts } from './made-facts.ts';

const tenantId = 't';
const fromTheFirst: NewsWish = { withEarlier: true, recordedFrom: 0 };

let database: TestDatabase;
let pool: Pool;
let journal: Journal;
let wish: NewsWish | null;
let appended: Appended[];

beforeAll(async () => {
  database = await freshDatabase();
  await queryAsOwner(database, `INSERT INTO tenant (tenant_id, name) VALUES ('t', 'T')`);
  await queryAsOwner(database, `INSERT INTO tenant_log (tenant_id, epoch) VALUES ('t', 'e')`);
  pool = createPool({ url: database.appUrl, max: 4 });
  journal = createJournal({ pool, onAppended: (one) => appended.push(one), newsWish: () => wish });
});
afterAll(async () => {
  await journal.close();
  await pool.end();
  await database.drop();
});

async function append(facts: readonly EntryFacts[], { wished = fromTheFirst, callKey = null }: { readonly wished?: NewsWish | null; readonly callKey?: IdempotencyKey | null } = {}): Promise<Appended | undefined> {
  const call: AppendCall = { userId: 'usr_1', partial: false, callKey, items: facts.map((one) => ({ kind: 'entry', prepared: journal.prepare(one), key: null })) };
  wish = wished;
  appended = [];
  await journal.submit(tenantId, call);
  return appended[0];
}

const changeOf = (metadata: EntryFacts['change_metadata'], more: Partial<EntryFacts> = {}): EntryFacts =>
  madeFacts({ share_id: 'shr_1', resource_type: 'file', resource_id: 'fil_1', change_type: 'updated', new_path: '/a', change_metadata: metadata, details: { '10': 1, '9': ['two'] }, ...more });

describe('when somebody follows the log in this process', () => {
  it.each([
    ['calls without keys', null],
    ['a call with a key', { keyHash: 'a'.repeat(64), bodyHash: 'b'.repeat(64) }],
  ])('then %s bring along what a reader would read after them, in every field', async (_form, callKey) => {
    await append([changeOf({ colour: 'red' })]);
    const told = await append([changeOf({ size: 1 }), changeOf(null, { event_time: '2026-04-23T10:15:02.123456Z' }), madeFacts()], { callKey });
    const { page, lastSeq = 0 } = told ?? {};
    const asked = { tenantId, afterSeq: lastSeq - 3, throughSeq: lastSeq, withEarlier: true };
    const read = await readLivePage(pool, { ...asked, selection: { kind: 'all' }, limit: 250 });

    expect(read?.entries).toMatchObject([{ earlier: { colour: 'red' } }, { earlier: { colour: 'red', size: 1 } }, { change: null, earlier: null }]);
    expect(page).toEqual({ ...read, afterSeq: lastSeq - 3, withEarlier: true });
    expect(await readNews(pool, { ...asked, recordedFrom: 0 })).toEqual(read);
  });

  it('then a batch of more than a few brings nothing, and its readers read it page by page', async () => {
    const few = await append(Array.from({ length: fewEntries }, () => madeFacts()));
    const more = await append(Array.from({ length: fewEntries + 1 }, () => madeFacts()));

    expect([few?.page?.entries.length, more?.page]).toEqual([fewEntries, null]);
  });

  it('then a call that stores nothing new tells nobody', async () => {
    const callKey = { keyHash: 'c'.repeat(64), bodyHash: 'd'.repeat(64) };
    expect((await append([madeFacts()], { callKey }))?.page?.entries).toHaveLength(1);
    expect((await append([madeFacts()], { callKey }))?.page ?? null).toBeNull();
  });

  it.each([
    ['calls without keys', null],
    ['a call with a key', { keyHash: 'e'.repeat(64), bodyHash: 'f'.repeat(64) }],
  ])('then %s whose commit fails tell nobody, though they were read', async (_form, callKey) => {
    await queryAsOwner(database, `CREATE FUNCTION refuse_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused at the commit'; END $$`);
    await queryAsOwner(database, 'CREATE CONSTRAINT TRIGGER refuse_at_commit AFTER INSERT ON entry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_at_commit()');
    try {
      await expect(append([madeFacts()], { callKey })).rejects.toThrow('refused at the commit');
      expect(appended).toEqual([]);
    } finally {
      await queryAsOwner(database, 'DROP FUNCTION refuse_at_commit CASCADE');
    }
    expect((await append([madeFacts()], { callKey }))?.page?.entries).toHaveLength(1);
  });

  it('then what is earlier than the time they name is not looked for', async () => {
    const told = await append([madeFacts()], { wished: { withEarlier: false, recordedFrom: 4_000_000_000_000_000 } });
    expect(told?.page?.entries).toEqual([]);
  });
});

describe('when nobody does', () => {
  it('then nothing is read', async () => {
    expect(await append([madeFacts()], { wished: null })).toMatchObject({ page: null });
  });
});
