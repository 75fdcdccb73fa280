// The workflow of a hold on a real Temporal server: it counts, reminds once of the end date, and ends with the release.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeHold } from '../../db/legal-hold/place-hold.ts';
import { releaseHold } from '../../db/legal-hold/release-hold.ts';
import type { HoldWorld } from '../../db/legal-hold/write-hold.ts';
import { isOpen } from '../../domain/job/job.ts';
import { jobWorkflowId } from '../../domain/job/workflow-ids.ts';
import { eventually } from '../harness/eventually.ts';
import { done, startJobInstallation } from '../job/job-installation.ts';
import type { JobInstallation } from '../job/job-installation.ts';
import { appendFacts } from '../retention/made-run.ts';
import { granted, officerOf } from './officers.ts';

let here: JobInstallation;
let world: HoldWorld;
beforeAll(async () => {
  here = await startJobInstallation();
  const { clock, ids } = here.world;
  world = { effects: here.store.effects, pool: here.store.pool, clock, ids };
  await here.work();
});
afterAll(() => here.end());

describe('the workflow of a hold', () => {
  it('when the end date has passed, then one entry reminds of it, also after the workflow was lost; the release ends it', async () => {
    const tenantId = 'reminded';
    await here.makeTenant(tenantId);
    await appendFacts(here.store, { tenantId, ids: world.ids, facts: [{ share_id: 's1' }, { share_id: 's2' }] });
    const placed = granted(await makeHold(world, officerOf(tenantId), { name: 'Ends', expiration_date: '2020-01-01T00:00:00Z', items: [{ scope_type: 'share', scope_id: 's1' }] }));
    const job = { tenantId, id: placed.holdId };
    const reminders = () => here.sql(`SELECT seq FROM entry WHERE tenant_id = $1 AND event_type = 'compliance.legal_hold_expiry' AND severity = 'warning'`, [tenantId]);
    const counted = () => here.sql<{ protected_count: string | null; released_at: Date | null }>('SELECT protected_count, released_at FROM legal_hold WHERE tenant_id = $1', [tenantId]);

    done(await here.rounds()());
    await eventually(async () => (await counted())[0]?.protected_count === '1', { limitMs: 15_000 });
    expect(await reminders()).toHaveLength(1);

    const workflow = here.temporal.workflow.getHandle(jobWorkflowId({ kind: 'legal_hold', tenantId, id: placed.holdId, scheduledFor: null }));
    await workflow.terminate('a test');
    await here.sql('UPDATE legal_hold SET protected_count = NULL WHERE tenant_id = $1', [tenantId]);
    await eventually(async () => {
      done(await here.rounds()());
      return (await counted())[0]?.protected_count === '1';
    }, { limitMs: 15_000, everyMs: 200 });
    expect(await reminders()).toHaveLength(1);
    expect(await here.read(job)).toMatchObject({ state: 'running' });
    // The end date has only reminded.
    expect((await counted())[0]?.released_at).toBeNull();

    const released = await releaseHold(world, officerOf(tenantId, 'second'), { holdId: placed.holdId, reason: 'over' });
    expect(released).toMatchObject({ state: 'released' });
    await workflow.signal('holdChanged');
    expect(await here.until(job, (now) => !isOpen(now))).toMatchObject({ state: 'completed', result: { outcome: 'released' } });
  });
});
