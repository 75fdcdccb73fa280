// Who is given which text: one question is asked once, another page is another question, and readers with other rights share nothing they may not both see.
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { clearExpired } from '../../db/summary/summaries.ts';
import { feedTenant, uploaded, workspace } from '../feed/feed-tenant.ts';
import type { FeedTenant } from '../feed/feed-tenant.ts';
import { startTestApi } from '../harness/api.ts';
import { eventually } from '../harness/eventually.ts';
import { queryAsOwner } from '../harness/owner-query.ts';
import { hang, say } from './scripted-model.ts';
import type { Asked } from './scripted-model.ts';
import { startSummaryInstallation } from './summary-installation.ts';
import type { SummaryInstallation } from './summary-installation.ts';

let there: SummaryInstallation;
beforeAll(async () => {
  there = await startSummaryInstallation({ limitMs: 1_500, waitMs: 6_000 });
});
afterAll(() => there.end());

let tenant: FeedTenant;
beforeEach(async () => {
  tenant = await feedTenant(there.api);
  await tenant.tell(uploaded, { event_type: 'admin.settings_change', event_time: '2025-01-26T08:00:00Z', workspace_id: workspace, user_id: 'usr_admin' });
  there.model.play(truthful);
});

/** Names whoever it is told of first, in one event. */
const truthful = (response: ServerResponse, { messages }: Pick<Asked, 'messages'>): void => {
  const facts = JSON.parse(messages[1]?.content.split('\n').find((line) => line.startsWith('{')) ?? '{}') as { groups: { who: string; count: number }[] };
  say(facts.groups.map(({ who, count }) => `${who} did ${String(count)} things.`).join(' '))(response);
};

const path = (query = '') => `/current/events/search/summarize/?workspace_id=${workspace}&created-max=2025-02-01T00:00:00Z${query}`;
const rows = (text: string) => queryAsOwner<Record<string, unknown>>(there.api.database, text);

describe('when the same is asked again', () => {
  it('then the text is there already, for whoever is shown the very same', async () => {
    const first = await tenant.get(path(), await tenant.token('usr_admin'));
    const again = await tenant.get(path(), await tenant.token('usr_owner'));

    expect(first.body.response.summary).toMatchObject({ source: 'model', metrics: { total_events: 2 } });
    expect(again.body.response.summary).toEqual(first.body.response.summary);
    expect(there.model.asked).toHaveLength(1);
  });

  it('then ten at once are one question', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => tenant.get(path())));

    expect(new Set(answers.map(({ body }) => JSON.stringify(body.response.summary))).size).toBe(1);
    expect(answers[0]?.body.response.summary.source).toBe('model');
    expect(there.model.asked).toHaveLength(1);
  });
});

describe('when something about it differs', () => {
  it('then it is another question: filter, range, guidance, and a log that went on', async () => {
    for (const query of ['', '&subcategory=storage', '&limit=1', '&created-min=2025-01-26T00:00:00Z&limit=2', '&user_context=settings']) await tenant.get(path(query));
    // The newest one alone, asked for by a limit and by a time, is one and the same page.
    expect(there.model.asked).toHaveLength(4);
    await tenant.tell({ ...uploaded, event_time: '2025-01-27T00:00:00Z' });
    const { body } = await tenant.get(path());

    expect(body.response.summary.metrics.total_events).toBe(3);
    expect(there.model.asked).toHaveLength(5);
  });

  it('then another name in the directory is another text', async () => {
    await tenant.get(path());
    await tenant.put('users/usr_admin', { email: 'usr_admin@example.com', name: 'Renamed' });
    const { body } = await tenant.get(path());

    expect(body.response.summary.text).toContain('@[user:usr_admin:Renamed]');
  });
});

describe('when readers may see different things', () => {
  it('then neither is given what was made for the other, in either order', async () => {
    const [member, admin] = [await tenant.token('usr_member'), await tenant.token('usr_admin')];
    const [ofAdmin, ofMember, ofAdminAgain, ofStranger] = [await tenant.get(path(), admin), await tenant.get(path(), member), await tenant.get(path(), admin), await tenant.get(path(), await tenant.token('usr_stranger'))];

    expect(ofAdmin.body.response.summary.text).toContain('usr_admin');
    expect(ofMember.body.response.summary).toMatchObject({ source: 'model', metrics: { total_events: 1 } });
    expect(ofMember.body.response.summary.text).not.toContain('usr_admin');
    expect(ofAdminAgain.body.response.summary).toEqual(ofAdmin.body.response.summary);
    expect(ofStranger.body.response).toEqual({ summary: null, events: [] });
    expect(there.model.asked).toHaveLength(2);
  });

  it('then two tenants with the very same log share nothing', async () => {
    const other = await feedTenant(there.api);
    await other.tell(uploaded, { event_type: 'admin.settings_change', event_time: '2025-01-26T08:00:00Z', workspace_id: workspace, user_id: 'usr_admin' });
    await tenant.get(path());
    await other.get(path());

    expect(there.model.asked).toHaveLength(2);
  });

  it('then whoever loses their rights while the text is written is not given it, nor the events', async () => {
    const member = await tenant.token('usr_member');
    there.model.play(hang);
    const answer = tenant.get(path(), member);
    await eventually(() => there.model.asked.length > 0);
    await tenant.remove(`profiles/${workspace}/members/usr_member`);
    const { status, body } = await answer;

    expect([status, body.response]).toEqual([200, { summary: null, events: [] }]);
  });
});

describe('when a reader goes away', () => {
  it('then nobody waits for them any more, and the text is there for whoever comes next', async () => {
    const waiting: (() => void)[] = [];
    there.model.play((response, asked) => {
      waiting.push(() => { truthful(response, asked); });
    });
    const leaving = new AbortController();
    const left = fetch(`${there.api.url}${path()}`, { headers: { authorization: `Bearer ${tenant.admin}` }, signal: leaving.signal });
    await eventually(() => waiting.length > 0);
    leaving.abort();
    await expect(left).rejects.toThrow(/abort/i);
    for (const release of waiting) release();
    await eventually(async () => (await rows(`SELECT FROM event_summary WHERE tenant_id = '${tenant.tenantId}' AND state = 'answered'`)).length === 1);
    const { body } = await tenant.get(path());

    expect(body.response.summary.source).toBe('model');
    expect(there.model.asked).toHaveLength(1);
  });
});

describe('when the time of a text is over', () => {
  it('then it is not given out, and is taken away', async () => {
    await tenant.get(path());
    await rows(`UPDATE event_summary SET expires_at = now() WHERE tenant_id = '${tenant.tenantId}'`);
    await tenant.get(path());
    expect(there.model.asked).toHaveLength(2);
    await rows(`UPDATE event_summary SET expires_at = now() WHERE tenant_id = '${tenant.tenantId}'`);
    await clearExpired(there.api.world.pool, { atMost: 100 });

    expect(await rows(`SELECT FROM event_summary WHERE tenant_id = '${tenant.tenantId}'`)).toEqual([]);
  });
});

describe('when Temporal is away', () => {
  it.each([
    ['null', null],
    ['extractive', 'extractive'],
  ] as const)('then with the fallback %s the reader is answered at once as after a failure', async (fallback, source) => {
    const api = await startTestApi({ model: { model: 'scripted', fallback } });
    try {
      const alone = await feedTenant(api);
      await alone.tell(uploaded);
      const startedMs = performance.now();
      const { status, body } = await alone.get(path());

      expect([status, body.response.summary?.source ?? null, body.response.events.length]).toEqual([200, source, 1]);
      expect(performance.now() - startedMs).toBeLessThan(6_000);
    } finally {
      await api.end();
    }
  });
});

describe('when summaries and searches are counted', () => {
  it('then they share one limit', async () => {
    const api = await startTestApi({ rateLimits: 'on' });
    try {
      const counted = await feedTenant(api);
      const token = await counted.token('usr_member');
      const statuses = [];
      for (const at of ['', 'summarize/', '', 'summarize/', '', 'summarize/']) statuses.push((await counted.get(`/current/events/search/${at}?workspace_id=${workspace}`, token)).status);
      const refused = await counted.get(`/current/events/search/summarize/?workspace_id=${workspace}`, token);

      expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
      expect([refused.body.error.code, Number(refused.headers.get('retry-after')) > 0]).toEqual([1671, true]);
    } finally {
      await api.end();
    }
  });
});
