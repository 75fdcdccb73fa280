// Devices of sync clients: registering, telling a newer version, listing one's own.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startTestApi } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { stageShares } from './shares-stage.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(async () => {
  await api.end();
});

describe('when a device is registered', () => {
  it('then it is answered in full with 201, and the list of its user shows it', async () => {
    const { register, get } = await stageShares(api);
    const { status, body } = await register('5f0f8c4e-0f7e-4a55-9d2f-0d8b7a1c2e3f');

    expect(status).toBe(201);
    expect(body).toEqual({
      id: '5f0f8c4e-0f7e-4a55-9d2f-0d8b7a1c2e3f',
      device_id: '5f0f8c4e-0f7e-4a55-9d2f-0d8b7a1c2e3f',
      user_id: 'usr_m',
      device_name: 'Laptop',
      platform: 'linux',
      client_version: '1.0',
      status: 'active',
      created_at: expect.stringMatching(/Z$/),
      last_seen_at: expect.stringMatching(/Z$/),
    });
    expect((await get('/sync/devices')).body).toEqual([body]);
  });

  it('then the same id again tells the newer version and stays one device', async () => {
    const { register, send, get } = await stageShares(api);
    const first = await register('dev_1');
    const second = await send('POST', '/sync/devices', { device_id: 'dev_1', device_name: 'Desktop', platform: 'linux', client_version: '2.0' });

    expect(second.status).toBe(201);
    expect(second.body).toMatchObject({ device_name: 'Desktop', client_version: '2.0', created_at: first.body.created_at });
    expect((await get('/sync/devices')).body).toHaveLength(1);
  });

  it('then somebody else’s id is refused and stays theirs, and nobody sees another’s devices', async () => {
    const { register, get, other } = await stageShares(api);
    await register('dev_1');

    expect((await register('dev_1', other)).status).toBe(409);
    expect((await get('/sync/devices', other)).body).toEqual([]);
    expect((await get('/sync/devices')).body).toMatchObject([{ device_id: 'dev_1', user_id: 'usr_m' }]);
  });

  it('then the id of a closed device is refused', async () => {
    const { register, tenantId } = await stageShares(api);
    await register('dev_1');
    await closeDevice(tenantId);

    expect((await register('dev_1')).status).toBe(409);
  });

  it.each([
    [{ device_name: 'a', platform: 'b', client_version: 'c' }, 'device_id'],
    [{ device_id: 'not an id', device_name: 'a', platform: 'b', client_version: 'c' }, 'device_id'],
    [{ device_id: 'd', device_name: '', platform: 'b', client_version: 'c' }, 'device_name'],
    [{ device_id: 'd', device_name: 'a', platform: 'b' }, 'client_version'],
    [{ device_id: 'd', device_name: 'a', platform: 'b', client_version: 'c', owner: 'me' }, 'owner'],
  ])('then %j is refused and %s is named', async (json, field) => {
    const { send } = await stageShares(api);
    const { status, body } = await send('POST', '/sync/devices', json);

    expect(status).toBe(422);
    expect(body.error.details.fields.map((problem: { field: string }) => problem.field)).toContain(field);
  });

  it('then no one needs more than a hundred, and the hundred-and-first is refused', async () => {
    const { register } = await stageShares(api);
    const answers = [];
    for (let number = 1; number <= 101; number += 1) answers.push((await register(`dev_${String(number)}`)).status);

    expect(answers.slice(0, 100).every((status) => status === 201)).toBe(true);
    expect(answers.at(-1)).toBe(409);
  });
});

async function closeDevice(tenantId: string): Promise<void> {
  const owner = new pg.Client({ connectionString: api.database.ownerUrl });
  await owner.connect();
  await owner.query("UPDATE sync_device SET status = 'closed' WHERE tenant_id = $1", [tenantId]);
  await owner.end();
}
