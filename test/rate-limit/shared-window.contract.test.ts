// Guards that two real processes count into one window, through their doors.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { environmentFor, startApiProcess } from '../harness/processes.ts';
import type { ApiProcess } from '../harness/processes.ts';

let api: TestApi;
let other: ApiProcess;
beforeAll(async () => {
  api = await startTestApi({ rateLimits: 'on' });
  other = await startApiProcess({ env: environmentFor({ ownerUrl: api.database.ownerUrl, appUrl: api.database.appUrl, temporalAddress: '127.0.0.1:1' }) });
});
afterAll(async () => {
  await other.stop();
  await api.end();
});

async function ask(url: string, token: string): Promise<{ status: number; remaining: number; retryAfter: string | null }> {
  const answer = await fetch(`${url}/api/v1/sync/devices`, { headers: { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(20_000) });
  await answer.arrayBuffer();
  return { status: answer.status, remaining: Number(answer.headers.get('x-ratelimit-remaining')), retryAfter: answer.headers.get('retry-after') };
}

/** As if the user had spent so much of the window already. */
async function spend(tenantId: string, points: number): Promise<void> {
  const owner = new pg.Client({ connectionString: api.database.ownerUrl });
  await owner.connect();
  const { rowCount } = await owner.query(`UPDATE rate_window SET points = $2 WHERE key LIKE $1`, [`${tenantId}:requests:token:%`, points]);
  await owner.end();
  expect(rowCount).toBe(1);
}

describe('when two processes serve one installation', () => {
  it('then what one counts the other knows', async () => {
    await api.makeTenant('shared');
    const token = await tokenFor({ tenantId: 'shared' });
    const seen = [await ask(api.url, token), await ask(other.url, token), await ask(api.url, token)];

    expect(seen.map(({ remaining }) => remaining)).toEqual([998, 996, 994]);
  });

  it('then eighty calls at once on both get exactly what is left, and the rest is told when to come back', async () => {
    await api.makeTenant('burst');
    const token = await tokenFor({ tenantId: 'burst' });
    await ask(api.url, token);
    await spend('burst', 960);
    const answers = await Promise.all(Array.from({ length: 80 }, (_, index) => ask(index % 2 === 0 ? api.url : other.url, token)));

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(20);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(60);
    for (const { retryAfter } of refused) expect(Number(retryAfter)).toBeGreaterThan(0);
  });

  it('then polling has windows of its own, and says 1671 when one is used up', async () => {
    await api.makeTenant('polls');
    const token = await tokenFor({ tenantId: 'polls' });
    const poll = (url: string) => fetch(`${url}/current/activity/poll/`, { headers: { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(20_000) });
    const answers = [];
    for (let call = 0; call < 200; call += 1) answers.push((await poll(call % 2 === 0 ? api.url : other.url)).status);
    const refused = await poll(api.url);

    expect(answers.filter((status) => status === 200)).toHaveLength(200);
    expect([refused.status, refused.headers.get('x-ve-limit-max'), refused.headers.get('x-ve-limit-avail')]).toEqual([429, '200', '0']);
    expect(await refused.json()).toMatchObject({ result: 'no', error: { code: 1671 } });
    expect((await ask(api.url, token)).status).toBe(200);
  });
});
