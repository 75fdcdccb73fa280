// Legal holds at their door: placing, what is held from then on, second persons, custodians, the guard.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { queryAs } from '../../db/tenant-transaction.ts';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { Answered, TestApi } from '../harness/api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.end());

let tenants = 0;
interface Place {
  readonly tenantId: string;
  as(userId: string, method: string, path: string, json?: unknown): Promise<Answered>;
  ingest(...events: object[]): Promise<void>;
  log(): Promise<LogRow[]>;
}
interface LogRow {
  readonly seq: string;
  readonly event_type: string;
  readonly severity: string;
  readonly outcome: string;
  readonly own_action: string | null;
  readonly target_user_id: string | null;
  readonly visibility: string;
  readonly permission: string;
  readonly details: Readonly<Record<string, unknown>> | null;
}

async function place(): Promise<Place> {
  tenants += 1;
  const tenantId = `holds${String(tenants)}`;
  await api.makeTenant(tenantId);
  const tokens = new Map<string, string>();
  const tokenOf = async (userId: string): Promise<string> => {
    const token = tokens.get(userId) ?? (await tokenFor({ tenantId, userId, scope: userId === 'producer' ? 'events:write' : 'compliance:manage' }));
    tokens.set(userId, token);
    return token;
  };
  return {
    tenantId,
    as: async (userId, method, path, json) => api.call(path, { method, token: await tokenOf(userId), ...(json === undefined ? {} : { json }) }),
    async ingest(...events) {
      const { status, body } = await api.call('/api/v1/events', { method: 'POST', token: await tokenOf('producer'), json: { events } });
      expect({ status, body }).toMatchObject({ status: 201 });
    },
    log: () =>
      queryAs<LogRow>(api.world.pool, tenantId, {
        text: 'SELECT seq, event_type, severity, outcome, own_action, target_user_id, visibility, permission, details FROM entry WHERE tenant_id = $1 ORDER BY seq',
        values: [tenantId],
      }),
  };
}

const holds = '/api/v1/enterprise/legal-holds';
const file = (different: object = {}): object => ({
  event_type: 'file.update',
  user_id: 'alice',
  share_id: 's1',
  resource_type: 'file',
  resource_id: 'file1',
  path: '/Docs/a.docx',
  ...different,
});
const created = { change: { change_type: 'created' } };

describe('placing a hold', () => {
  it('when it is placed with items, then the answer says since which entry it holds and how many', async () => {
    const { as, ingest, log } = await place();
    await ingest(file(), file({ path: '/Trash/b.docx' }), file({ share_id: 's2' }), file({ path: '/Docs/c.txt' }));
    const wish = { name: 'Project X', matter_id: 'M-1', custodian_ids: ['alice', 'bob'], expiration_date: '2030-01-01T00:00:00Z' };
    const answered = await as('officer', 'POST', holds, { ...wish, items: [{ scope_type: 'share', scope_id: 's1', exclude_pattern: 'Trash/**' }] });
    expect(answered).toMatchObject({
      status: 201,
      body: { ...wish, state: 'active', created_by: 'officer', item_count: 1, scope_counts: { share: 1 }, effective_seq: 6, protected_count: 2, items: [{ effective_seq: 6, protected_count: 2, state: 'in_force' }] },
    });
    const entries = await log();
    expect(entries.slice(5)).toMatchObject([
      { seq: '6', event_type: 'compliance.legal_hold_create', severity: 'info', own_action: 'create_legal_hold', details: { hold_name: 'Project X', matter_id: 'M-1' } },
      { event_type: 'compliance.legal_hold_notice', target_user_id: 'alice', visibility: 'external', permission: 'targeted' },
      { event_type: 'compliance.legal_hold_notice', target_user_id: 'bob' },
    ]);
    const { body: shown } = await as('officer', 'GET', `${holds}/${String(answered.body.id)}`);
    expect(shown).toEqual(answered.body);
  });

  it('when items are added, then each is effective by itself and the list shows them', async () => {
    const { as, ingest } = await place();
    await ingest(file(), file({ user_id: 'bob', resource_id: 'file2', share_id: 's2', ...created }), file({ user_id: 'eve', resource_id: 'file2', share_id: 's2' }));
    const { body: made } = await as('officer', 'POST', holds, { name: 'Empty' });
    expect(made).toMatchObject({ item_count: 0, effective_seq: null, protected_count: null, items: [] });
    const user = await as('officer', 'POST', `${holds}/${String(made.id)}/items`, { scope_type: 'user', scope_id: 'bob' });
    expect(user).toMatchObject({ status: 201, body: { scope_type: 'user', scope_id: 'bob', effective_seq: 6, protected_count: 2 } });
    const query = await as('officer', 'POST', `${holds}/${String(made.id)}/items`, { scope_type: 'query', filter: { share_id: ['s1'] } });
    expect(query).toMatchObject({ status: 201, body: { scope_type: 'query', filter: { share_id: ['s1'] }, effective_seq: 7, protected_count: 1 } });
    const resources = await as('officer', 'POST', `${holds}/${String(made.id)}/items`, { scope_type: 'resource', scope_ids: ['file1', 'file2'] });
    expect(resources.body).toMatchObject({ scope_ids: ['file1', 'file2'], protected_count: 3 });
    const { body: listed } = await as('officer', 'GET', `${holds}/${String(made.id)}/items?limit=2`);
    expect(listed).toMatchObject({ items: [{ scope_type: 'user' }, { scope_type: 'query' }], has_more: true });
    expect((await as('officer', 'GET', `${holds}/${String(made.id)}`)).body).toMatchObject({ item_count: 3, effective_seq: 8, protected_count: 3 });
  });

  it('when a folder is held, then what lies under its path is, by whole segments and relative patterns', async () => {
    const { as, ingest } = await place();
    await ingest(
      { event_type: 'folder.create', share_id: 's1', resource_type: 'folder', resource_id: 'dir', path: '/Docs', user_id: 'bob', ...created },
      file(),
      file({ resource_id: 'file2', path: '/Docs2/a.docx' }),
      file({ resource_id: 'file3', path: '/Docs/Trash/a.docx' }),
      file({ resource_id: 'file4', share_id: 's2' }),
    );
    const { body } = await as('officer', 'POST', holds, { name: 'Folder', items: [{ scope_type: 'folder', scope_id: 'dir', include_pattern: '**/*.docx', exclude_pattern: 'Trash/**' }] });
    expect(body).toMatchObject({ protected_count: 2 });
    const check = async (json: object): Promise<unknown> => (await as('producer', 'POST', `${holds}/check`, json)).body.held;
    expect(await check({ resource_type: 'file', resource_id: 'new', share_id: 's1', path: '/Docs/x/new.docx' })).toBe(true);
    expect(await check({ resource_type: 'file', resource_id: 'new', share_id: 's1', path: '/Docs/x/new.txt' })).toBe(false);
    expect(await check({ resource_type: 'file', resource_id: 'file1' })).toBe(true);
    expect(await check({ resource_type: 'file', resource_id: 'file2' })).toBe(false);
    expect(await check({ resource_type: 'file', resource_id: 'file3' })).toBe(false);
    expect(await check({ resource_type: 'folder', resource_id: 'dir' })).toBe(true);
  });

  it.each([
    ['no scope', { scope_type: 'share' }],
    ['a scope nobody knows', { scope_type: 'label', scope_id: 'x' }],
    ['a query of everything', { scope_type: 'query', filter: {} }],
    ['a filter beside a share', { scope_type: 'share', scope_id: 's', filter: { share_id: 's' } }],
    ['a pattern that is none', { scope_type: 'share', scope_id: 's', include_pattern: '[a-z]*' }],
    ['a group nobody knows', { scope_type: 'group', scope_id: 'nobody' }],
  ])('when an item has %s, then nothing is placed and the field is named', async (_, item) => {
    const { as, log } = await place();
    expect(await as('officer', 'POST', holds, { name: 'Wrong', items: [item] })).toMatchObject({ status: 422, body: { error: { code: 'VALIDATION_FAILED' } } });
    expect((await log()).filter(({ event_type: type, outcome }) => type === 'compliance.legal_hold_create' && outcome === 'success')).toEqual([]);
    expect((await as('officer', 'GET', holds)).body).toMatchObject({ holds: [] });
  });

  it('when who asks may not manage compliance, then it is refused', async () => {
    const { as } = await place();
    expect(await as('producer', 'POST', holds, { name: 'Mine' })).toMatchObject({ status: 403 });
    expect(await as('producer', 'GET', holds)).toMatchObject({ status: 403 });
  });
});

describe('a held group', () => {
  it('when users join it, then they are held from then on, also after they left it', async () => {
    const { as, ingest } = await place();
    for (const id of ['ann', 'ben', 'cat']) await as('producer', 'PUT', `/api/v1/directory/users/${id}`, { email: `${id}@example.org`, name: id });
    await as('producer', 'PUT', '/api/v1/directory/groups/legal', { name: 'Legal', members: ['ann'] });
    await ingest(...['ann', 'ben', 'cat'].map((id) => ({ event_type: 'auth.login', user_id: id })));
    const { body } = await as('officer', 'POST', holds, { name: 'Group', items: [{ scope_type: 'group', scope_id: 'legal' }] });
    const count = async (): Promise<number> => {
      const { body: fresh } = await as('officer', 'POST', `${holds}/check`, { resource_type: 'x', resource_id: 'x', user_id: 'ben' });
      return Number(fresh.held) * 10 + Number((await as('officer', 'POST', `${holds}/check`, { resource_type: 'x', resource_id: 'x', user_id: 'cat' })).body.held);
    };
    expect(body.protected_count).toBeGreaterThanOrEqual(1);
    expect(await count()).toBe(0);
    await as('producer', 'PUT', '/api/v1/directory/groups/legal', { name: 'Legal', members: ['ann', 'ben'] });
    expect(await count()).toBe(10);
    await as('producer', 'PUT', '/api/v1/directory/groups/legal', { name: 'Legal', members: [] });
    await as('producer', 'PUT', '/api/v1/directory/users/cat', { email: 'cat@example.org', name: 'cat', groups: ['legal'] });
    expect(await count()).toBe(11);
  });
});

describe('releasing', () => {
  it('when the maker or the placer asks, then a second person is required; another may, once', async () => {
    const { as, log } = await place();
    const { body: hold } = await as('officer', 'POST', holds, { name: 'Two', items: [{ scope_type: 'share', scope_id: 's1' }] });
    const path = `${holds}/${String(hold.id)}`;
    const { body: item } = await as('second', 'POST', `${path}/items`, { scope_type: 'share', scope_id: 's2' });
    for (const who of ['officer', 'second'])
      expect(await as(who, 'POST', `${path}/release`, { reason: 'over' })).toMatchObject({ status: 403, body: { error: { code: 'SECOND_PERSON_REQUIRED' } } });
    expect(await as('officer', 'DELETE', `${path}/items/${String(item.id)}`)).toMatchObject({ status: 403 });
    expect(await as('third', 'POST', `${path}/items/${String(item.id)}/release`, { reason: 'settled' })).toMatchObject({ status: 200, body: { state: 'released', released_by: 'third', release_reason: 'settled' } });
    // What the second had placed is released: they stand in nobody's way any more.
    expect(await as('second', 'POST', `${path}/release`, { reason: 'over' })).toMatchObject({ status: 200, body: { state: 'released', released_by: 'second', item_count: 0 } });
    expect(await as('third', 'POST', `${path}/release`, { reason: 'again' })).toMatchObject({ status: 409 });
    expect(await as('officer', 'POST', `${path}/items`, { scope_type: 'share', scope_id: 's3' })).toMatchObject({ status: 409 });
    const released = (await log()).filter(({ event_type: type, outcome }) => type.includes('release') && outcome === 'success');
    expect(released).toMatchObject([
      { event_type: 'compliance.legal_hold_item_release', severity: 'warning' },
      { event_type: 'compliance.legal_hold_release', severity: 'warning', details: { reason: 'over' } },
    ]);
  });

  it('when it is done by DELETE, then it is the same and the record stays', async () => {
    const { as } = await place();
    const { body: hold } = await as('officer', 'POST', holds, { name: 'Gone', items: [{ scope_type: 'share', scope_id: 's1' }] });
    expect(await as('officer', 'DELETE', `${holds}/${String(hold.id)}`)).toMatchObject({ status: 403 });
    expect(await as('second', 'DELETE', `${holds}/${String(hold.id)}?reason=done`)).toMatchObject({ status: 204 });
    expect((await as('officer', 'GET', `${holds}/${String(hold.id)}`)).body).toMatchObject({ state: 'released', release_reason: 'done', items: [{ state: 'released' }] });
    expect((await as('officer', 'GET', `${holds}?state=active`)).body.holds).toEqual([]);
    expect((await as('officer', 'GET', `${holds}?state=released`)).body.holds).toHaveLength(1);
  });

  it('when the application’s role changes rows by itself, then the database refuses what was never allowed', async () => {
    const { as, tenantId } = await place();
    const { body: hold } = await as('officer', 'POST', holds, { name: 'Firm', items: [{ scope_type: 'share', scope_id: 's1' }] });
    const attempts = [
      `UPDATE legal_hold_item SET scope_ids = '{other}' WHERE tenant_id = $1 AND hold_id = $2`,
      `UPDATE legal_hold_item SET include_pattern = 'x' WHERE tenant_id = $1 AND hold_id = $2`,
      `UPDATE legal_hold_item SET released_at = now(), released_by = 'officer' WHERE tenant_id = $1 AND hold_id = $2`,
      `UPDATE legal_hold SET released_at = now(), released_by = 'officer' WHERE tenant_id = $1 AND id = $2`,
      `UPDATE legal_hold SET created_by = 'somebody' WHERE tenant_id = $1 AND id = $2`,
      `DELETE FROM legal_hold_item WHERE tenant_id = $1 AND hold_id = $2`,
      `DELETE FROM legal_hold WHERE tenant_id = $1 AND id = $2`,
    ];
    for (const text of attempts) await expect(queryAs(api.world.pool, tenantId, { text, values: [tenantId, hold.id] })).rejects.toThrow(/cannot be changed|second_person|permission denied/);
  });
});

describe('the guard', () => {
  it('when something held would be deleted, then 409 and an entry; when not, 204 and none', async () => {
    const { as, ingest, log } = await place();
    await ingest(file());
    expect(await as('producer', 'POST', `${holds}/guard`, { resource_type: 'file', resource_id: 'file1' })).toMatchObject({ status: 204 });
    const { body: hold } = await as('officer', 'POST', holds, { name: 'Keep', items: [{ scope_type: 'query', filter: { resource_id: 'file1' } }] });
    const blocked = await as('producer', 'POST', `${holds}/guard`, { resource_type: 'file', resource_id: 'file1' });
    expect(blocked).toMatchObject({ status: 409, body: { error: { code: 'LEGAL_HOLD_BLOCKED_DELETION', details: { holds: [{ id: hold.id, name: 'Keep' }] } } } });
    const entries = (await log()).filter(({ event_type: type }) => type === 'compliance.legal_hold_blocked_deletion');
    expect(entries).toMatchObject([{ severity: 'warning', outcome: 'denied', details: { hold_ids: [hold.id] } }]);
    expect((await as('officer', 'POST', `${holds}/check`, { resource_type: 'file', resource_id: 'file1' })).body).toEqual({ held: true, holds: [{ id: hold.id, name: 'Keep', matter_id: null }] });
  });

  it('when a folder or a share would be deleted, then what is held inside it keeps it', async () => {
    const { as, ingest } = await place();
    await ingest(
      { event_type: 'folder.create', share_id: 's1', resource_type: 'folder', resource_id: 'dir', path: '/Docs', user_id: 'bob', ...created },
      { event_type: 'folder.create', share_id: 's1', resource_type: 'folder', resource_id: 'empty', path: '/Doc', user_id: 'bob', ...created },
      file({ user_id: 'alice', ...created }),
      file({ user_id: 'eve', event_type: 'file.open', resource_id: 'other', path: '/Other/x' }),
    );
    await as('officer', 'POST', holds, { name: 'Alice', items: [{ scope_type: 'user', scope_id: 'alice' }] });
    await as('officer', 'POST', holds, { name: 'Eve', items: [{ scope_type: 'user', scope_id: 'eve' }] });
    const statusOf = async (json: object): Promise<number> => (await as('producer', 'POST', `${holds}/guard`, json)).status;
    expect(await statusOf({ resource_type: 'folder', resource_id: 'dir' })).toBe(409);
    expect(await statusOf({ resource_type: 'folder', resource_id: 'empty' })).toBe(204);
    expect(await statusOf({ resource_type: 'share', resource_id: 's1' })).toBe(409);
    expect(await statusOf({ resource_type: 'share', resource_id: 's2' })).toBe(204);
    // What somebody only opened is not theirs.
    expect(await statusOf({ resource_type: 'file', resource_id: 'other' })).toBe(204);
  });

  it('when what is said about a hold changes, then newcomers among the custodians are told, and what it holds stays', async () => {
    const { as, log } = await place();
    const { body: hold } = await as('officer', 'POST', holds, { name: 'Old', custodian_ids: ['alice'], items: [{ scope_type: 'user', scope_id: 'alice' }] });
    const changed = await as('officer', 'PATCH', `${holds}/${String(hold.id)}`, { name: 'New', custodian_ids: ['alice', 'bob'], legal_counsel: 'Smith' });
    expect(changed).toMatchObject({ status: 200, body: { name: 'New', legal_counsel: 'Smith', item_count: 1, custodian_ids: ['alice', 'bob'] } });
    const entries = await log();
    expect(entries.slice(-2)).toMatchObject([{ event_type: 'compliance.legal_hold_update' }, { event_type: 'compliance.legal_hold_notice', target_user_id: 'bob' }]);
    expect(await as('officer', 'PATCH', `${holds}/${String(hold.id)}`, { items: [] })).toMatchObject({ status: 422 });
    expect(await as('officer', 'PATCH', `${holds}/NONE`, { name: 'x' })).toMatchObject({ status: 404 });
  });
});
