// The control: with the checks taken out, the lies that no reader sees elsewhere are read by everybody. And what takes their place by setting.
import { afterEach, describe, expect, it } from '@jest/globals';
import { feedTenant, uploaded, workspace } from '../feed/feed-tenant.ts';
import { queryAsOwner } from '../harness/owner-query.ts';
import { status } from './scripted-model.ts';
import type { Script } from './scripted-model.ts';
import { startSummaryInstallation } from './summary-installation.ts';
import type { SummaryInstallation, SummaryInstallationOptions } from './summary-installation.ts';

let there: SummaryInstallation | null = null;
afterEach(async () => {
  await there?.end();
  there = null;
});

const lie = '@[user:usr_secret:Secret Person] deleted 99 files.';

async function asked(options: SummaryInstallationOptions, ...scripts: readonly Script[]) {
  there = await startSummaryInstallation(options);
  const tenant = await feedTenant(there.api);
  await tenant.tell(uploaded);
  there.model.play(...scripts);
  const ask = () => tenant.get(`/current/events/search/summarize/?workspace_id=${workspace}&subcategory=storage`);
  return { tenant, ask, there };
}

describe('when nothing is checked, as a control', () => {
  it('then the lie reaches the reader', async () => {
    const { ask } = await asked({ checkSummary: () => [] }, lie);

    expect((await ask()).body.response.summary).toMatchObject({ text: lie, source: 'model' });
  });
});

describe('when a lie has got into the row all the same', () => {
  it('then the door does not give it out', async () => {
    const { ask, tenant, there: installation } = await asked({}, '@[user:98765432109876543210:Jane Smith] uploaded 1 file.');
    expect((await ask()).body.response.summary.source).toBe('model');
    await queryAsOwner(installation.api.database, `UPDATE event_summary SET text = $2 WHERE tenant_id = $1`, [tenant.tenantId, lie]);

    expect((await ask()).body.response.summary).toBeNull();
  });
});

describe('when the fallback is extractive', () => {
  it('then a model that lies or fails gives way to the text put together from the events, marked as such', async () => {
    const { ask } = await asked({ fallback: 'extractive' }, lie, status(500));
    const { body } = await ask();

    expect(body.response.summary).toMatchObject({ source: 'extractive', metrics: { total_events: 1 } });
    expect(body.response.summary.text).toContain('@[user:98765432109876543210:Jane Smith] added @[file:node_def456ghi789:quarterly_report.pdf]');
  });
});

describe('when the model is in a private network that nobody allowed', () => {
  it('then it is not spoken to', async () => {
    const { ask, there: installation } = await asked({ allowed: [] }, 'anything');

    expect((await ask()).body.response.summary).toBeNull();
    expect(installation.model.asked).toEqual([]);
  });
});
