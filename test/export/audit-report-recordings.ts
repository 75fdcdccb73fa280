// The story of the workflow that a report's schedule starts.
import { createReport } from '../../db/export/write-report.ts';
import { createSavedQuery } from '../../db/filter/write-saved-query.ts';
import { reportWish } from '../../domain/export/report.schema.ts';
import { savedQueryInput } from '../../domain/filter/saved-query.schema.ts';
import { playSchedule } from '../job/recording.ts';
import type { Recording } from '../job/recording.ts';
import { granted, officerOf } from '../legal-hold/officers.ts';

const tenantId = 'demo';

export const auditReportRecordings: readonly Recording[] = [
  {
    name: 'audit-report.made',
    async play(here) {
      const { store, world: { clock, ids } } = here;
      const world = { effects: store.effects, clock, ids };
      const { id } = granted(await createSavedQuery(world, officerOf(tenantId), savedQueryInput.parse({ name: 'Recorded', filter: {} })));
      const report = granted(await createReport(world, officerOf(tenantId), reportWish.parse({ name: 'Recorded', saved_query_id: id, format: 'csv', schedule: '0 6 * * 1' })));
      await here.rounds()();
      return playSchedule(here, `holdfast:audit_report:${tenantId}:${report.id}`);
    },
  },
];
