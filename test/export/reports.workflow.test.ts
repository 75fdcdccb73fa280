// Scheduled reports on a real Temporal server: each time makes one export of the query as it is then, and an entry tells that it is ready.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSavedQuery, deleteSavedQuery, patchSavedQuery } from '../../db/filter/write-saved-query.ts';
import { makeReport } from '../../db/export/make-report.ts';
import { changeReport, createReport, deleteReport } from '../../db/export/write-report.ts';
import type { ExportWorld } from '../../db/export/create-export.ts';
import { reportChange, reportWish } from '../../domain/export/report.schema.ts';
import type { AuditReport } from '../../domain/export/report.schema.ts';
import { savedQueryInput } from '../../domain/filter/saved-query.schema.ts';
import { isOpen } from '../../domain/job/job.ts';
import type { Job } from '../../domain/job/job.ts';
import { eventually } from '../harness/eventually.ts';
import { done, startJobInstallation } from '../job/job-installation.ts';
import type { JobInstallation } from '../job/job-installation.ts';
import { granted, officerOf } from '../legal-hold/officers.ts';
import { appendFacts } from '../retention/made-run.ts';

let here: JobInstallation;
let world: ExportWorld;
beforeAll(async () => {
  here = await startJobInstallation();
  const { clock, ids } = here.world;
  world = { effects: here.store.effects, clock, ids };
  await here.work();
});
afterAll(() => here.end());

let tenants = 0;

async function place(): Promise<{ tenantId: string; queryId: string; report: AuditReport }> {
  tenants += 1;
  const tenantId = `report${String(tenants)}`;
  await here.makeTenant(tenantId);
  await appendFacts(here.store, { tenantId, ids: world.ids, facts: [{ share_id: 'one' }, { share_id: 'two' }, { share_id: 'two' }] });
  const { id: queryId } = granted(await createSavedQuery(world, officerOf(tenantId), savedQueryInput.parse({ name: 'One', filter: { share_id: 'one' } })));
  const report = granted(await createReport(world, officerOf(tenantId), reportWish.parse({ name: 'Weekly', saved_query_id: queryId, format: 'csv', schedule: '0 6 * * 1', keep_days: 30 })));
  done(await here.rounds()());
  return { tenantId, queryId, report };
}

const scheduleOf = (tenantId: string, { id }: AuditReport) => here.temporal.schedule.getHandle(`holdfast:audit_report:${tenantId}:${id}`);
const jobsOf = (tenantId: string) => here.sql<{ id: string }>(`SELECT id FROM job WHERE tenant_id = $1 AND kind = 'audit_report' ORDER BY created_at`, [tenantId]);
const exportsOf = (tenantId: string) => here.sql<Record<string, unknown>>(`SELECT id, state, rows::int, report_id, keep_days, requested_by FROM audit_export WHERE tenant_id = $1 ORDER BY id`, [tenantId]);

/** Lets the schedule act now, and answers the job of that time when it has ended. */
async function acted(tenantId: string, report: AuditReport): Promise<Job> {
  const before = (await jobsOf(tenantId)).length;
  await scheduleOf(tenantId, report).trigger();
  const job = await eventually(
    async () => {
      const made = (await jobsOf(tenantId))[before];
      if (made === undefined) throw new Error('the schedule has not acted');
      return made;
    },
    { limitMs: 15_000, everyMs: 50 },
  );
  return here.until({ tenantId, id: job.id }, (now) => !isOpen(now));
}

describe('a scheduled report', () => {
  it('when its time comes, then the query as it is then is exported, and an entry tells its maker that the result is ready', async () => {
    const { tenantId, queryId, report } = await place();
    expect((await scheduleOf(tenantId, report).describe()).spec).toMatchObject({ timezone: 'UTC' });
    granted(await patchSavedQuery(world, officerOf(tenantId), { id: queryId, patch: { filter: { share_id: ['two'] } } }));
    const job = await acted(tenantId, report);
    expect(job).toMatchObject({ state: 'completed', subject: report.id, result: { outcome: 'made' } });
    done(await here.rounds()());
    await eventually(async () => (await exportsOf(tenantId))[0]?.['state'] === 'completed', { limitMs: 15_000 });
    const [made] = await exportsOf(tenantId);
    expect(made).toMatchObject({ id: job.result?.['export_id'], rows: 2, report_id: report.id, keep_days: 30, requested_by: 'officer' });
    const told = await here.sql<Record<string, unknown>>(`SELECT event_type, category, notification, target_user_id, resource_id, details ->> 'export_id' AS export FROM entry WHERE tenant_id = $1 AND own_action = 'complete_report'`, [tenantId]);
    expect(told).toEqual([{ event_type: 'compliance.report_ready', category: 'compliance', notification: 'alert', target_user_id: 'officer', resource_id: report.id, export: made?.['id'] }]);

    await makeReport(here.world, { tenantId, jobId: job.id });
    expect(await exportsOf(tenantId)).toHaveLength(1);
  });

  it('when it is disabled, changed or ended, then its Schedule follows, and what it made stays', async () => {
    const { tenantId, report } = await place();
    await acted(tenantId, report);
    granted(await changeReport(world, officerOf(tenantId), { reportId: report.id, change: reportChange.parse({ enabled: false, schedule: '30 7 * * *' }) }));
    done(await here.rounds()());
    const { state, spec } = await scheduleOf(tenantId, report).describe();
    expect([state.paused, spec.calendars?.[0]?.hour]).toEqual([true, [{ start: 7, end: 7, step: 1 }]]);
    granted(await deleteReport(world, officerOf(tenantId), report.id));
    done(await here.rounds()());
    await expect(scheduleOf(tenantId, report).describe()).rejects.toThrow('not found');
    expect(await exportsOf(tenantId)).toHaveLength(1);
    const told = await here.sql<{ own_action: string }>(`SELECT own_action FROM entry WHERE tenant_id = $1 AND resource_type = 'report' AND own_action <> 'complete_report' ORDER BY seq`, [tenantId]);
    expect(told.map(({ own_action: action }) => action)).toEqual(['create_report', 'update_report', 'delete_report']);
  });

  it('when its query is gone, then nothing is exported, and an entry says why', async () => {
    const { tenantId, queryId, report } = await place();
    await deleteSavedQuery(world, officerOf(tenantId), queryId);
    expect(await acted(tenantId, report)).toMatchObject({ state: 'completed', result: { outcome: 'query_gone' } });
    expect(await exportsOf(tenantId)).toEqual([]);
    expect(await here.sql(`SELECT outcome FROM entry WHERE tenant_id = $1 AND own_action = 'complete_report'`, [tenantId])).toEqual([{ outcome: 'failure' }]);
  });

  it('when a wish makes no sense or is not allowed, then it is refused by its field', async () => {
    const { tenantId, report } = await place();
    const wish = reportWish.parse({ name: 'Other', saved_query_id: 'absent', format: 'csv', schedule: '0 6 * * 1' });
    expect(await createReport(world, officerOf(tenantId), wish)).toMatchObject({ code: 'VALIDATION_FAILED', details: { fields: [{ field: 'saved_query_id' }] } });
    const officer = officerOf(tenantId);
    const auditor = { ...officer, principal: { ...officer.principal, scopes: new Set(['audit:read']) } };
    expect(await deleteReport(world, auditor, report.id)).toMatchObject({ code: 'FORBIDDEN' });
    for (const [field, wrong] of [['schedule', 'whenever'], ['keep_days', 0], ['name', ''], ['format', 'xml']] as const) {
      const parsed = reportWish.safeParse({ name: 'R', saved_query_id: 'q', format: 'csv', schedule: '0 6 * * 1', [field]: wrong });
      expect(parsed.error?.issues.map(({ path }) => path)).toEqual([[field]]);
    }
  });
});
