// Carries one export from its row to the end of its files: writes them, keeps them as long as they are wanted, removes them.
import { proxyActivities, sleep } from '@temporalio/workflow';
import type { ExportActivities } from '../../activities/export/export.activities.ts';
import type { JobState } from '../../domain/job/job.ts';
import { bulkTaskQueue } from '../job/bulk-queue.ts';
import { carryJob } from '../job/carry-job.ts';
import { auditExportCarrier } from './audit-export.messages.ts';
import type { AuditExportInput } from './audit-export.messages.ts';

export function auditExport(input: AuditExportInput): Promise<JobState> {
  return carryJob({
    kind: auditExportCarrier.kind,
    input,
    work: async ({ tenantId, jobId: exportId }) => {
      for (;;) {
        // Without effect on what is written already. Whoever was overtaken comes back: the other may have died meanwhile.
        await writing.writeExport({ tenantId, exportId });
        const { waitMs } = await keeping.lookAfterFiles({ tenantId, exportId });
        if (waitMs === null) return { files: 'removed' };
        await sleep(waitMs);
      }
    },
  });
}

/** Where it stands is in rows, so an attempt that ends loses one part at most; who comes after it shuts out whoever was only paused. */
const writing = proxyActivities<Pick<ExportActivities, 'writeExport'>>({
  taskQueue: bulkTaskQueue,
  startToCloseTimeout: '12h',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
});

const keeping = proxyActivities<Pick<ExportActivities, 'lookAfterFiles'>>({
  startToCloseTimeout: '2m',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5m' },
});
