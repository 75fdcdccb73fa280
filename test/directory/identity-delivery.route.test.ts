// Whose deliveries the identity provider's webhook takes, and which: only what is signed, fresh, whole and one of the six.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApi } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { ann, newSecret, oldSecret, post, stageProvider, startApiForProvider } from './identity-provider.ts';
import type { Event, Sending } from './identity-provider.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApiForProvider();
});
afterAll(async () => {
  await api.end();
});

const tenantWithProvider = () => stageProvider(api);

describe('when a delivery is not the provider’s', () => {
  it.each<[string, Sending]>([
    ['forged', { secret: 'a secret of somebody else' }],
    ['unsigned', { signature: '' }],
    ['signed in another form', { signature: 'sha256=abc' }],
    ['older than five minutes', { skewSeconds: -302 }],
    ['of a time to come', { skewSeconds: 302 }],
    ['truncated on its way', { tamper: (body) => body.slice(0, -1) }],
    ['changed on its way', { tamper: (body) => body.replace('ACTIVE', 'ACTIVf') }],
  ])('%s, then it is 401 and nothing is stored', async (_how, sending) => {
    const { deliver, entries } = await tenantWithProvider();

    expect(await deliver({ type: 'user.created', data: ann }, sending)).toMatchObject({ http: 401 });
    expect(await entries()).toEqual([]);
  });

  it('but signed by either secret and within the window, then it is taken', async () => {
    const { deliver } = await tenantWithProvider();
    expect(await deliver({ type: 'user.created', data: ann }, { secret: oldSecret, skewSeconds: -290 })).toMatchObject({ http: 200 });
    expect(await deliver({ type: 'user.updated', data: ann }, { secret: newSecret, skewSeconds: 290 })).toMatchObject({ http: 200 });
  });

  it('then 10 MB of it are refused before they are read', async () => {
    expect(await post(api, `{"padding":"${'x'.repeat(10 * 1024 * 1024)}"}`)).toMatchObject({ http: 413 });
  });
});

describe('when a delivery is signed but not one of the six', () => {
  it.each([
    [{ type: 'user.suspended', data: ann }, 'event_type'],
    [{ type: 'partner.created', data: {} }, 'event_type'],
    [{ type: 'user.created', data: { ...ann, email: 'nobody' } }, 'data.email'],
    [{ type: 'user.updated', data: { ...ann, status: 'GONE' } }, 'data.status'],
    [{ type: 'user.created', data: ann, at: 'yesterday' }, 'timestamp'],
    [{ type: 'group.created', data: { id: 'g', name: 'G', members: ['a b'] } }, 'data.members[0]'],
  ])('%j, then it is 422 and names the field', async (event, field) => {
    const { deliver } = await tenantWithProvider();
    expect(await deliver(event as Event)).toMatchObject({ http: 422, error: { details: { fields: expect.arrayContaining([expect.objectContaining({ field })]) } } });
  });

  it('then what is missing or of another kind is said as at every other door', async () => {
    const { deliver, tenantId } = await tenantWithProvider();
    expect(await deliver({ type: 'user.created', data: { id: ann.id, first_name: 7 } })).toMatchObject({
      http: 422,
      error: { details: { fields: [{ field: 'data.email', expected: 'expected text, but it is missing' }, { field: 'data.first_name', expected: 'expected text' }] } },
    });
    expect(await post(api, JSON.stringify({ event_type: 'user.created', tenant_id: tenantId, timestamp: '2026-03-01T10:00:00Z' }))).toMatchObject({
      http: 422,
      error: { details: { fields: [{ field: 'event_id', expected: 'expected text, but it is missing' }] } },
    });
    expect(await post(api, '[]')).toMatchObject({ http: 422, error: { details: { fields: [{ field: 'body', expected: 'expected an object' }] } } });
  });

  it('for a tenant that does not exist, then it is 404', async () => {
    const { bodyOf, tenantId } = await tenantWithProvider();
    expect(await post(api, bodyOf({ type: 'user.created', data: ann }).replace(`"tenant_id":"${tenantId}"`, '"tenant_id":"nowhere"'))).toMatchObject({ http: 404 });
  });

  it('without a secret, then it is 503 and says which setting is missing', async () => {
    const bare = await startTestApi();
    const answer = await fetch(`${bare.url}/api/v1/webhooks/scaikey`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
    expect([answer.status, ((await answer.json()) as { detail: string }).detail]).toEqual([503, expect.stringContaining('HOLDFAST_SCAIKEY_SECRET')]);
    const large = await fetch(`${bare.url}/api/v1/webhooks/scaikey`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x'.repeat(2 * 1024 * 1024) });
    expect(large.status).toBe(503);
    await bare.end();
  });
});
