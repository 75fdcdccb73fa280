// Records histories of workflows: `node test/job/record-histories.ts [name…]`; without names, those that have no file yet.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { checkpointRecordings } from '../evidence/checkpoint-recordings.ts';
import { auditExportRecordings } from '../export/audit-export-recordings.ts';
import { auditReportRecordings } from '../export/audit-report-recordings.ts';
import { publishServers } from '../harness/published-servers.ts';
import { startTestServers, sweepLeftRuns } from '../harness/test-servers.ts';
import { lockoutRecordings } from '../lockout/lockout-recordings.ts';
import { legalHoldRecordings } from '../legal-hold/legal-hold-recordings.ts';
import { partitionsRecordings } from '../partitions/partitions-recordings.ts';
import { retentionDueRecordings } from '../retention/retention-due-recordings.ts';
import { retentionRunRecordings } from '../retention/retention-run-recordings.ts';
import { eventSummaryRecordings } from '../summary/event-summary-recordings.ts';
import { startJobInstallation } from './job-installation.ts';
import type { Recording } from './recording.ts';

const recordings: readonly Recording[] = [...checkpointRecordings, ...partitionsRecordings, ...lockoutRecordings, ...legalHoldRecordings, ...retentionDueRecordings, ...retentionRunRecordings, ...auditExportRecordings, ...auditReportRecordings, ...eventSummaryRecordings];

/** What tells only of the machine it was recorded on, and a replay does not look at. */
const ofTheMachine = new Set(['identity', 'stackTrace', 'encodedAttributes']);

const fileOf = ({ name }: Recording): string => join(import.meta.dirname, '..', 'histories', `${name}.json`);
const names = process.argv.slice(2);
const wanted = recordings.filter((recording) => (names.length === 0 ? !existsSync(fileOf(recording)) : names.includes(recording.name)));

await sweepLeftRuns();
const servers = await startTestServers();
publishServers(servers.published);
try {
  for (const recording of wanted) await record(recording);
} finally {
  await servers.end();
}

async function record(recording: Recording): Promise<void> {
  const here = await startJobInstallation();
  try {
    await here.makeTenant('demo');
    await here.work();
    const workflowId = await recording.play(here);
    const history = await here.temporal.workflow.getHandle(workflowId).fetchHistory();
    writeFileSync(fileOf(recording), `${JSON.stringify(cleaned(JSON.parse(historyToJSON(history))), null, 1)}\n`);
    process.stdout.write(`${recording.name}: ${String(history.events?.length ?? 0)} events\n`);
  } finally {
    await here.end();
  }
}

function cleaned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, ofTheMachine.has(name) && typeof one === 'string' ? '' : cleaned(one)]));
}
