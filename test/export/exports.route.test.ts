// Exports at their door, with Temporal away: asked for and kept, fetched whole and by ranges, and everything that is refused names what is wrong.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { canonicalJson } from '../../domain/shared/json.ts';
import { createSignatureCheck } from '../../db/evidence/sign.ts';
import { expireExport } from '../../db/export/end-export.ts';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { Answered, TestApi } from '../harness/api.ts';
import { createCarrier } from './carried.ts';
import type { Carrier } from './carried.ts';

let api: TestApi;
let carrier: Carrier;
beforeAll(async () => {
  api = await startTestApi();
  const { pool, filesDir, clock, ids } = api.world;
  carrier = createCarrier({ pool, appUrl: api.database.appUrl, filesDir, clock, ids });
});
afterAll(async () => {
  await carrier.end();
  await api.end();
});

const exports = '/api/v1/enterprise/audit/exports';
let tenants = 0;

interface Place {
  readonly tenantId: string;
  call(method: string, path: string, more?: { json?: unknown; headers?: Record<string, string>; scope?: string; userId?: string; entities?: string[] }): Promise<Answered>;
}

async function place(events = 30): Promise<Place> {
  tenants += 1;
  const tenantId = `door${String(tenants)}`;
  await api.makeTenant(tenantId);
  const call: Place['call'] = async (method, path, { json, headers, scope = 'tenant:admin', userId = 'officer', entities } = {}) =>
    api.call(path, {
      method,
      token: await tokenFor({ tenantId, userId, scope, ...(entities === undefined ? {} : { entities }) }),
      ...(json === undefined ? {} : { json }),
      ...(headers === undefined ? {} : { headers }),
    });
  const made = Array.from({ length: events }, (_, index) => ({ event_type: 'file.open', share_id: index % 2 === 0 ? 'even' : 'odd', resource_name: `r${String(index)}` }));
  expect(await call('POST', '/api/v1/events', { json: { events: made } })).toMatchObject({ status: 201 });
  return { tenantId, call };
}

async function completed({ tenantId, call }: Place, wish: object, partRows = 10): Promise<string> {
  const { status, body } = await call('POST', exports, { json: wish });
  expect({ status, state: body.state }).toEqual({ status: 202, state: 'queued' });
  const id = String(body.id);
  await carrier.carry({ tenantId, exportId: id }, { partRows });
  expect((await call('GET', `${exports}/${id}`)).body).toMatchObject({ state: 'completed' });
  return id;
}

describe('an export at its door', () => {
  it('when it was written, then the manifest verifies, and its files put together hold everything once', async () => {
    const here = await place();
    const id = await completed(here, { format: 'json', filter: { event_type: 'file.open' } });
    expect((await here.call('GET', `${exports}/${id}`)).body).toMatchObject({ progress: { rows: 30, of: 30, parts: 3 }, requested_by: 'officer' });
    const { body: manifest } = await here.call('GET', `${exports}/${id}/manifest`);
    const { signature, ...said } = manifest as { signature: string; key_id: string; parts: { name: string; sha256: string }[] };
    const { key } = carrier.world.signer as unknown as { key: { keyId: string; publicKey: string } }; // the signer of a test is a whole one
    expect(createSignatureCheck([key.publicKey])({ body: canonicalJson(said), keyId: said.key_id, signature: Buffer.from(signature, 'base64') })).toBe('good');
    const names: string[] = [];
    for (const part of said.parts) {
      const file = await here.call('GET', `${exports}/${id}/files/${part.name}`);
      expect(file.headers.get('content-disposition')).toBe(`attachment; filename="${part.name}"`);
      expect(createHash('sha256').update(await textOf(here, `${exports}/${id}/files/${part.name}`)).digest('hex')).toBe(part.sha256);
      for (const event of file.body as { resource_name: string }[]) names.push(event.resource_name);
    }
    expect(names).toEqual(Array.from({ length: 30 }, (_, index) => `r${String(index)}`));
    expect((await here.call('GET', `${exports}?state=completed`)).body).toMatchObject({ exports: [{ id }], has_more: false });
    expect((await here.call('GET', '/api/v1/admin/jobs?kind=audit_export')).body).toMatchObject({ jobs: [{ id, state: 'queued' }] });
    const actions = (await here.call('GET', '/api/v1/enterprise/audit/events?category=compliance&order=asc&limit=200')).body.events.map((event: { event_type: string }) => event.event_type);
    expect(actions).toEqual(expect.arrayContaining(['compliance.export', 'compliance.export_download']));
  });

  it('when ranges of a file are asked for, then together they are the file, and one that is not there is 416', async () => {
    const here = await place();
    const id = await completed(here, { format: 'ndjson', columns: ['id', 'resource_name'] }, 100);
    const path = `${exports}/${id}/files/part-00001.ndjson`;
    const whole = await here.call('GET', path);
    const etag = String(whole.headers.get('etag'));
    const text = String(whole.body);
    expect(whole.headers.get('accept-ranges')).toBe('bytes');
    const first = await here.call('GET', path, { headers: { range: 'bytes=0-99', 'if-range': etag } });
    const rest = await here.call('GET', path, { headers: { range: 'bytes=100-', 'if-range': etag } });
    expect([first.status, rest.status]).toEqual([206, 206]);
    expect(first.headers.get('content-range')).toBe(`bytes 0-99/${String(text.length)}`);
    expect(String(first.body) + String(rest.body)).toBe(text);
    expect(String((await here.call('GET', path, { headers: { range: 'bytes=-7' } })).body)).toBe(text.slice(-7));
    expect(await here.call('GET', path, { headers: { range: 'bytes=999999-' } })).toMatchObject({ status: 416 });
    expect(await here.call('GET', path, { headers: { range: 'bytes=0-9', 'if-range': '"of another"' } })).toMatchObject({ status: 200 });
  });

  it('when it is made from a saved query, then the query as it was is exported, and a private one of somebody else is refused by its field', async () => {
    const here = await place();
    const saved = '/api/v1/enterprise/audit/saved-queries';
    const { body: query } = await here.call('POST', saved, { json: { name: 'Even', filter: { share_id: 'even' }, shared: false } });
    const { body: made } = await here.call('POST', exports, { json: { format: 'csv', saved_query_id: query.id } });
    await here.call('PATCH', `${saved}/${String(query.id)}`, { json: { filter: { share_id: 'odd' } } });
    await carrier.carry({ tenantId: here.tenantId, exportId: String(made.id) });
    expect((await here.call('GET', `${exports}/${String(made.id)}`)).body).toMatchObject({ saved_query_id: query.id, filter: { share_id: ['even'] }, progress: { rows: 15 } });
    const refused = await here.call('POST', exports, { json: { format: 'csv', saved_query_id: query.id }, userId: 'other' });
    expect(refused).toMatchObject({ status: 422, body: { error: { details: { fields: [{ field: 'saved_query_id' }] } } } });
  });

  it('when it is cancelled, expired or not written yet, then no file is given, and the answer says why', async () => {
    const here = await place();
    const { body: open } = await here.call('POST', exports, { json: { format: 'csv' } });
    const path = `${exports}/${String(open.id)}`;
    expect(await here.call('GET', `${path}/manifest`)).toMatchObject({ status: 409, body: { error: { details: { state: 'queued' } } } });
    expect(await here.call('GET', `${path}/files/part-00001.csv`)).toMatchObject({ status: 409 });
    expect(await here.call('POST', `${path}/cancel`)).toMatchObject({ status: 200, body: { state: 'cancelled' } });
    expect(await here.call('POST', `${path}/cancel`)).toMatchObject({ status: 200, body: { state: 'cancelled' } });
    await carrier.carry({ tenantId: here.tenantId, exportId: String(open.id) });
    expect((await here.call('GET', path)).body).toMatchObject({ state: 'cancelled', progress: { parts: 0 } });

    const id = await completed(here, { format: 'csv' });
    expect(await here.call('POST', `${exports}/${id}/cancel`)).toMatchObject({ status: 409, body: { error: { details: { state: 'completed' } } } });
    expect(await here.call('GET', `${exports}/${id}/files/part-00009.csv`)).toMatchObject({ status: 404 });
    expect(await here.call('GET', `${exports}/${id}/files/1-part-00001.csv`)).toMatchObject({ status: 404 });
    expect(await here.call('GET', `${exports}/${id}/files/..%2F..%2Fsecret`)).toMatchObject({ status: 404 });
  });

  it('when its files have expired, then they answer 410 to whoever might have had them, as ever to everybody else, and its manifest stays', async () => {
    const here = await place(2);
    const other = await place(1);
    const id = await completed(here, { format: 'csv' });
    const path = `${exports}/${id}/files/part-00001.csv`;
    const outsiders = async (): Promise<unknown> => ({
      other: said(await other.call('GET', path)),
      withoutScope: said(await here.call('GET', path, { scope: 'events:write' })),
      limited: said(await here.call('GET', path, { scope: 'audit:read', entities: ['share:even'] })),
      unknown: said(await here.call('GET', `${exports}/${id}/files/part-00009.csv`)),
    });
    const before = await outsiders();
    expect(before).toMatchObject({ other: { status: 404 }, withoutScope: { status: 403 }, limited: { status: 403 }, unknown: { status: 404 } });
    const expiredAt = await expire(here, id);

    expect(await here.call('GET', path)).toMatchObject({ status: 410, body: { error: { code: 'FILES_EXPIRED', message: expect.stringContaining('is over'), details: { expired_at: expiredAt } } } });
    expect(await here.call('GET', path, { scope: 'audit:read', headers: { range: 'bytes=0-9' } })).toMatchObject({ status: 410 });
    expect(await outsiders()).toEqual(before);
    expect(await here.call('GET', `${exports}/${id}/manifest`)).toMatchObject({ status: 200, body: { parts: [{ name: 'part-00001.csv' }] } });
    expect(await here.call('GET', `${exports}/${id}`)).toMatchObject({ status: 200, body: { state: 'expired', expires_at: expiredAt } });
  });

  it('when nobody may have it, or a wish makes no sense, then it is refused and the field is named', async () => {
    const here = await place(1);
    const other = await place(1);
    const id = await completed(here, { format: 'csv' });
    for (const path of [`${exports}/${id}`, `${exports}/${id}/manifest`, `${exports}/${id}/files/part-00001.csv`]) {
      expect(await other.call('GET', path)).toMatchObject({ status: 404 });
      expect(await here.call('GET', path, { scope: 'events:write' })).toMatchObject({ status: 403 });
      expect(await here.call('GET', path, { scope: 'audit:read', entities: ['share:even'] })).toMatchObject({ status: 403 });
      expect(await here.call('GET', path, { scope: 'audit:read' })).toMatchObject({ status: 200 });
    }
    expect(await other.call('POST', `${exports}/${id}/cancel`)).toMatchObject({ status: 404 });
    expect(await here.call('POST', exports, { json: { format: 'csv' }, scope: '' })).toMatchObject({ status: 403 });
    expect(await here.call('POST', exports, { json: { format: 'csv' }, scope: 'tenant:admin', entities: ['share:even'] })).toMatchObject({ status: 403 });

    const wrong: readonly [object, string][] = [
      [{}, 'format'],
      [{ format: 'xml' }, 'format'],
      [{ format: 'csv', compress: 'zip' }, 'compress'],
      [{ format: 'csv', columns: [] }, 'columns'],
      [{ format: 'csv', columns: ['salt'] }, 'columns[0]'],
      [{ format: 'csv', columns: ['id', 'id'] }, 'columns'],
      [{ format: 'csv', filter: { colour: 'red' } }, 'filter.colour'],
      [{ format: 'csv', filter: { from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' } }, 'filter.to'],
      [{ format: 'csv', filter: { ip_address: 'nowhere' } }, 'filter.ip_address'],
      [{ format: 'csv', filter: {}, saved_query_id: 'q' }, 'saved_query_id'],
      [{ format: 'csv', saved_query_id: 'absent' }, 'saved_query_id'],
      [{ format: 'csv', extra: 1 }, 'extra'],
    ];
    for (const [json, field] of wrong) {
      const { status, body } = await here.call('POST', exports, { json });
      expect({ json, status, fields: body.error.details.fields.map((problem: { field: string }) => problem.field) }).toEqual({ json, status: 422, fields: [field] });
    }
  });
});

describe('a scheduled report at its door', () => {
  it('when it is made, changed and ended, then it is shown so; who only reads may look, and nothing more', async () => {
    const here = await place(1);
    const reports = '/api/v1/enterprise/audit/reports';
    const { body: query } = await here.call('POST', '/api/v1/enterprise/audit/saved-queries', { json: { name: 'All', filter: {} } });
    const wish = { name: 'Weekly', saved_query_id: query.id, format: 'csv', schedule: '0 6 * * 1' };
    expect(await here.call('POST', reports, { json: wish, scope: 'audit:read' })).toMatchObject({ status: 403 });
    const made = await here.call('POST', reports, { json: wish });
    expect(made).toMatchObject({ status: 201, body: { ...wish, enabled: true, keep_days: 90, compress: null, last_export_id: null, created_by: 'officer' } });
    const path = `${reports}/${String(made.body.id)}`;
    expect((await here.call('GET', reports, { scope: 'audit:read' })).body).toEqual({ reports: [made.body], cursor: expect.any(String), has_more: false });
    expect(await here.call('PATCH', path, { json: { enabled: false, keep_days: 30 } })).toMatchObject({ status: 200, body: { enabled: false, keep_days: 30, columns: made.body.columns } });
    expect(await here.call('PATCH', path, { json: { schedule: 'never' } })).toMatchObject({ status: 422, body: { error: { details: { fields: [{ field: 'schedule' }] } } } });
    expect(await (await place(1)).call('GET', path)).toMatchObject({ status: 404 });
    expect(await here.call('DELETE', path)).toMatchObject({ status: 204 });
    expect(await here.call('GET', path)).toMatchObject({ status: 404 });
  });
});

async function textOf({ tenantId }: Place, path: string): Promise<string> {
  const answer = await fetch(`${api.url}${path}`, { headers: { authorization: `Bearer ${await tokenFor({ tenantId, scope: 'tenant:admin' })}` } });
  return answer.text();
}

/** As its workflow does when the day has come; answers when that was. */
async function expire({ tenantId, call }: Place, exportId: string): Promise<string> {
  const { body } = await call('GET', `${exports}/${exportId}`);
  const expiresAt = String(body.expires_at);
  await expireExport({ pool: api.world.pool, ids: api.world.ids, clock: { nowMs: () => Date.parse(expiresAt) + 1 } }, { tenantId, exportId });
  return expiresAt;
}

function said({ status, body }: Answered): unknown {
  return { status, error: body.error };
}
