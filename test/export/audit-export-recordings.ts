// The stories of the workflow that carries an export.
import { cancelExport } from '../../db/export/cancel-export.ts';
import { createExport } from '../../db/export/create-export.ts';
import { jobWorkflowId } from '../../domain/job/workflow-ids.ts';
import { exportWish } from '../../domain/export/export.schema.ts';
import { eventually } from '../harness/eventually.ts';
import type { JobInstallation } from '../job/job-installation.ts';
import type { Recording } from '../job/recording.ts';
import { granted, officerOf } from '../legal-hold/officers.ts';
import { appendFacts } from '../retention/made-run.ts';

const tenantId = 'demo';

export const auditExportRecordings: readonly Recording[] = [
  { name: 'audit-export.kept', play: kept },
  { name: 'audit-export.expired', play: expired },
  { name: 'audit-export.cancelled', play: cancelled },
];

async function asked(here: JobInstallation): Promise<{ readonly exportId: string; readonly workflowId: string }> {
  const { clock, ids } = here.world;
  await appendFacts(here.store, { tenantId, ids, facts: [{}, {}, {}] });
  const { id: exportId } = granted(await createExport({ effects: here.store.effects, clock, ids }, officerOf(tenantId), exportWish.parse({ format: 'ndjson' })));
  return { exportId, workflowId: jobWorkflowId({ kind: 'audit_export', tenantId, id: exportId, scheduledFor: null }) };
}

/** Written, and waiting for the day on which its files go. */
async function kept(here: JobInstallation): Promise<string> {
  const { workflowId } = await asked(here);
  await here.rounds()();
  const handle = here.temporal.workflow.getHandle(workflowId);
  await eventually(async () => (await handle.fetchHistory()).events?.at(-1)?.timerStartedEventAttributes != null, { limitMs: 15_000, everyMs: 100 });
  return workflowId;
}

/** Written, waited for, and removed: within seconds. */
async function expired(here: JobInstallation): Promise<string> {
  const { exportId, workflowId } = await asked(here);
  await here.sql('ALTER TABLE audit_export DISABLE TRIGGER keeps_its_word');
  const hastened = eventually(
    async () => {
      const rows = await here.sql(`UPDATE audit_export SET expires_at = now() + interval '1 second' WHERE tenant_id = $1 AND id = $2 AND state = 'completed' RETURNING id`, [tenantId, exportId]);
      return rows.length > 0;
    },
    { limitMs: 15_000, everyMs: 1 },
  );
  await here.rounds()();
  await hastened;
  const handle = here.temporal.workflow.getHandle(workflowId);
  const hasTimer = await eventually(async () => (await handle.fetchHistory()).events?.at(-1)?.timerStartedEventAttributes ?? null, { limitMs: 15_000, everyMs: 100 });
  if (Number(hasTimer?.startToFireTimeout?.seconds ?? 0) > 5) throw new Error('it was looked at before it was hastened: record again');
  await handle.result();
  return workflowId;
}

async function cancelled(here: JobInstallation): Promise<string> {
  const { exportId, workflowId } = await asked(here);
  const { clock, ids } = here.world;
  granted(await cancelExport({ effects: here.store.effects, clock, ids }, officerOf(tenantId), exportId));
  await here.rounds()();
  await here.temporal.workflow.getHandle(workflowId).result();
  return workflowId;
}
