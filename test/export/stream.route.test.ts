// Small exports as the answer itself: whole, bounded, told in the log, and never read faster than they are taken.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { streamExport } from '../../db/export/stream-export.ts';
import { streamWish } from '../../domain/export/export.schema.ts';
import { streamedRowsAtOnce } from '../../domain/export/limits.ts';
import { tamper } from '../evidence/tamper.ts';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { Answered, TestApi } from '../harness/api.ts';
import { granted, officerOf } from '../legal-hold/officers.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.end());

const path = '/api/v1/enterprise/audit/exports/stream';
const tenantId = 'streamed';
const events = 1_200;

beforeAll(async () => {
  await api.makeTenant(tenantId);
  const made = Array.from({ length: events }, (_, index) => ({ event_type: 'file.open', share_id: index % 100 === 0 ? 'rare' : 'usual', details: { index } }));
  expect(await api.call('/api/v1/events', { method: 'POST', token: await tokenFor({ tenantId, scope: 'tenant:admin' }), json: { events: made } })).toMatchObject({ status: 201 });
});

async function asked(json: object, token: { scope?: string; entities?: string[] } = {}): Promise<Answered> {
  return api.call(path, { method: 'POST', token: await tokenFor({ tenantId, scope: 'audit:read', ...token }), json });
}

describe('a small export', () => {
  it.each(['csv', 'json', 'ndjson'] as const)('when it is asked for as %s, then it is one document with everything once', async (format) => {
    const { status, headers, body } = await asked({ format, columns: ['details', 'share_id'], filter: { share_id: ['rare', 'usual'] } });
    expect({ status, length: headers.get('content-length'), encoding: headers.get('transfer-encoding') }).toEqual({ status: 200, length: null, encoding: 'chunked' });
    expect(headers.get('content-disposition')).toMatch(new RegExp(`^attachment; filename="audit-\\d+\\.${format}"$`));
    expect(indexesIn(format, body)).toEqual(Array.from({ length: events }, (_, index) => index));
  });

  it('when little is meant, then little is sent, and the log tells of it before', async () => {
    const { body } = await asked({ format: 'json', filter: { share_id: 'rare' } });
    expect(body).toHaveLength(events / 100);
    const { body: page } = await api.call('/api/v1/enterprise/audit/events?event_type=compliance.export&order=desc&limit=1', { token: await tokenFor({ tenantId, scope: 'audit:read' }) });
    expect(page.events).toMatchObject([{ category: 'compliance', details: { format: 'json', rows: 12, filter: { share_id: ['rare'] } } }]);
  });

  it('when it is too large, or not allowed, then it is refused and nothing is sent', async () => {
    const big = Array.from({ length: 10_000 }, () => ({ event_type: 'file.open', share_id: 'many' }));
    expect(await api.call('/api/v1/events', { method: 'POST', token: await tokenFor({ tenantId, scope: 'tenant:admin' }), json: { events: big } })).toMatchObject({ status: 201 });
    const refused = await asked({ format: 'csv' });
    expect(refused).toMatchObject({ status: 422, body: { error: { details: { fields: [{ field: 'filter' }] } } } });
    expect(await asked({ format: 'csv', filter: { share_id: 'many' } })).toMatchObject({ status: 200 });
    expect(await asked({ format: 'csv', compress: 'gzip' })).toMatchObject({ status: 422 });
    expect(await asked({ format: 'csv' }, { scope: 'events:write' })).toMatchObject({ status: 403 });
    expect(await asked({ format: 'csv' }, { entities: ['share:usual'] })).toMatchObject({ status: 403 });
  });

  it('when the client takes nothing, then nothing more is read and no connection is held; when it leaves, then all is given back', async () => {
    const wish = streamWish.parse({ format: 'ndjson', filter: { share_id: ['rare', 'usual'] } });
    const { blocks, rows } = granted(await streamExport(api.world, officerOf(tenantId), wish));
    expect(rows).toBe(events);
    const taken: number[] = [];
    for (let turn = 0; turn < 2; turn += 1) taken.push(((await blocks.next()) as IteratorYieldResult<Buffer>).value.byteLength);
    const { copying } = api.world;
    expect({ idle: copying.idleCount, waiting: copying.waitingCount }).toEqual({ idle: copying.totalCount, waiting: 0 });
    // Of three stretches the first alone has been read.
    expect(taken[1]).toBeLessThan(streamedRowsAtOnce * 700);
    await blocks.return(undefined);
    expect(copying.idleCount).toBe(copying.totalCount);
  });

  it('when entries are taken away while it is sent, then the answer is cut, and not short', async () => {
    const wish = streamWish.parse({ format: 'ndjson', filter: { share_id: ['rare', 'usual'] } });
    const { blocks } = granted(await streamExport(api.world, officerOf(tenantId), wish));
    await blocks.next();
    await tamper(api.database, [`DELETE FROM entry WHERE tenant_id = '${tenantId}' AND seq = 700`]);
    await expect(takeAll(blocks)).rejects.toThrow('were counted');
  });
});

function indexesIn(format: 'csv' | 'json' | 'ndjson', body: unknown): number[] {
  if (format === 'json') return (body as { details: { index: number } }[]).map(({ details }) => details.index);
  const lines = String(body).trimEnd().split(/\r?\n/);
  if (format === 'ndjson') return lines.map((line) => (JSON.parse(line) as { details: { index: number } }).details.index);
  return lines.slice(1).map((line) => Number(/""index"": (\d+)/.exec(line)?.[1]));
}

async function takeAll(blocks: AsyncGenerator<Buffer>): Promise<void> {
  while ((await blocks.next()).done !== true);
}
