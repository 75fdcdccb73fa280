// The stories of the workflow that follows a hold.
import { makeHold } from '../../db/legal-hold/place-hold.ts';
import { releaseHold } from '../../db/legal-hold/release-hold.ts';
import { jobWorkflowId } from '../../domain/job/workflow-ids.ts';
import { eventually } from '../harness/eventually.ts';
import type { JobInstallation } from '../job/job-installation.ts';
import type { Recording } from '../job/recording.ts';
import { holdChangedSignal } from '../../workflows/legal-hold/legal-hold.messages.ts';
import { granted, officerOf } from './officers.ts';

const tenantId = 'demo';

export const legalHoldRecordings: readonly Recording[] = [
  { name: 'legal-hold.in-force', play: async (here) => (await placed(here)).workflowId },
  {
    name: 'legal-hold.released',
    async play(here) {
      const { holdId, workflowId } = await placed(here);
      granted(await releaseHold(worldOf(here), officerOf(tenantId, 'second'), { holdId, reason: 'over' }));
      const handle = here.temporal.workflow.getHandle(workflowId);
      await handle.signal(holdChangedSignal);
      await handle.result();
      return workflowId;
    },
  },
];

function worldOf({ store, world: { clock, ids } }: JobInstallation) {
  return { effects: store.effects, pool: store.pool, clock, ids };
}

/** Its end date has passed, it was reminded of, and the workflow waits for the release. */
async function placed(here: JobInstallation): Promise<{ holdId: string; workflowId: string }> {
  const wish = { name: 'Recorded', expiration_date: '2020-01-01T00:00:00Z', items: [{ scope_type: 'share' as const, scope_id: 's1' }] };
  const { holdId } = granted(await makeHold(worldOf(here), officerOf(tenantId), wish));
  const workflowId = jobWorkflowId({ kind: 'legal_hold', tenantId, id: holdId, scheduledFor: null });
  await here.rounds()();
  await eventually(async () => ((await here.sql('SELECT 1 FROM legal_hold WHERE id = $1 AND protected_count IS NOT NULL', [holdId])).length === 1), { limitMs: 15_000 });
  await eventually(async () => (await here.temporal.workflow.getHandle(workflowId).fetchHistory()).events?.at(-1)?.timerStartedEventAttributes != null, { limitMs: 15_000, everyMs: 100 });
  return { holdId, workflowId };
}
