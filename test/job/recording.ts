// A story of which the workflow's history is recorded: what it is called, and how it comes about.
import pg from 'pg';
import { eventually } from '../harness/eventually.ts';
import type { JobInstallation } from './job-installation.ts';

export interface Recording {
  /** Of the file in test/histories: the workflow and what became of it. */
  readonly name: string;
  /** On an installation of its own with a worker; answers the workflow's id when its history stands still. */
  play(here: JobInstallation): Promise<string>;
}

/** Lets the schedule act once, and answers the workflow it started when that has ended. */
export async function playSchedule(here: JobInstallation, scheduleId: string): Promise<string> {
  const schedule = here.temporal.schedule.getHandle(scheduleId);
  await schedule.trigger();
  const workflowId = await eventually(
    async () => {
      const [action] = (await schedule.describe()).info.recentActions;
      if (action === undefined) throw new Error('the schedule has not acted');
      return action.action.workflow.workflowId;
    },
    { limitMs: 20_000 },
  );
  await here.temporal.workflow.getHandle(workflowId).result();
  return workflowId;
}

/** Makes whoever needs the table wait at the database until it is let go. */
export async function holdTable({ ownerUrl }: { readonly ownerUrl: string }, { table, mode }: { readonly table: string; readonly mode: string }): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: ownerUrl });
  // Whoever drops the database ends it, too.
  client.on('error', () => undefined);
  await client.connect();
  await client.query(`BEGIN; LOCK TABLE ${pg.escapeIdentifier(table)} IN ${mode} MODE`);
  return () => client.end();
}
