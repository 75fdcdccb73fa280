// The stories of the workflow that carries a run out.
import { makePlan } from '../../db/retention/make-plan.ts';
import { commandRun, startRun } from '../../db/retention/run-rows.ts';
import { createPolicy } from '../../db/retention/write-policy.ts';
import { jobWorkflowId } from '../../domain/job/workflow-ids.ts';
import { policyWish } from '../../domain/retention/policy.schema.ts';
import type { RunCommand } from '../../domain/retention/decide-run.ts';
import { runChangedSignal } from '../../workflows/retention/retention-run.messages.ts';
import { eventually } from '../harness/eventually.ts';
import type { JobInstallation } from '../job/job-installation.ts';
import type { Recording } from '../job/recording.ts';
import { granted, officerOf } from '../legal-hold/officers.ts';
import { appendFacts } from './made-run.ts';

const tenantId = 'demo';

export const retentionRunRecordings: readonly Recording[] = [
  {
    name: 'retention-run.completed',
    async play(here) {
      const { workflowId } = await started(here, 'none');
      await here.temporal.workflow.getHandle(workflowId).result();
      return workflowId;
    },
  },
  { name: 'retention-run.awaiting-approval', play: async (here) => (await waiting(here)).workflowId },
  { name: 'retention-run.approved', play: (here) => ended(here, 'approve') },
  { name: 'retention-run.cancelled', play: (here) => ended(here, 'cancel') },
];

interface Started {
  readonly runId: string;
  readonly workflowId: string;
}

function worldOf({ store, world: { clock, ids } }: JobInstallation) {
  return { effects: store.effects, pool: store.pool, clock, ids };
}

async function started(here: JobInstallation, approval: 'none' | 'second_person'): Promise<Started> {
  const world = worldOf(here);
  await appendFacts(here.store, { tenantId, ids: world.ids, facts: [{}, {}, {}] });
  const policy = granted(await createPolicy(world, officerOf(tenantId), policyWish.parse({ name: 'Recorded', retention_days: 30, approval })));
  const { hash } = granted(await makePlan(world, officerOf(tenantId), policy.id));
  const { id: runId } = granted(await startRun(world, officerOf(tenantId), { policyId: policy.id, planHash: hash }));
  await here.rounds()();
  return { runId, workflowId: jobWorkflowId({ kind: 'retention_run', tenantId, id: runId, scheduledFor: null }) };
}

async function waiting(here: JobInstallation): Promise<Started> {
  const run = await started(here, 'second_person');
  const handle = here.temporal.workflow.getHandle(run.workflowId);
  await eventually(async () => (await handle.fetchHistory()).events?.at(-1)?.timerStartedEventAttributes != null, { limitMs: 15_000, everyMs: 100 });
  return run;
}

async function ended(here: JobInstallation, command: RunCommand): Promise<string> {
  const { runId, workflowId } = await waiting(here);
  granted(await commandRun(worldOf(here), officerOf(tenantId, 'second'), { runId, command }));
  const handle = here.temporal.workflow.getHandle(workflowId);
  await handle.signal(runChangedSignal);
  await handle.result();
  return workflowId;
}
