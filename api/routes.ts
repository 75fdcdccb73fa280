// The list: every route of Holdfast stands here, the busiest first; what is not in it does not exist.
import { withDocumentation } from './docs/docs.routes.ts';
import { healthRoutes } from './ops/health.routes.ts';
import { metricsRoute } from './ops/metrics.route.ts';
import type { Route } from './route/define-route.ts';
import { tenantRoutes } from './v1/admin/tenant-routes.ts';
import { directoryRoutes } from './v1/directory/directory-routes.ts';
import { ingestEvents } from './v1/events/ingest-events.route.ts';
import { evidenceRoutes } from './v1/evidence/evidence-routes.ts';
import { jobRoutes } from './v1/jobs/job-routes.ts';
import { moveSyncCursor, syncStatus } from './v1/sync/device-place.route.ts';
import { listSyncDevices, registerSyncDevice } from './v1/sync/devices.route.ts';
import { forceSync } from './v1/sync/force-sync.route.ts';
import { listChanges } from './v1/sync/list-changes.route.ts';
import { readSyncPreference, writeSyncPreference } from './v1/sync/preferences.route.ts';

const syncRoutes = [listChanges, syncStatus, moveSyncCursor, listSyncDevices, registerSyncDevice, readSyncPreference, writeSyncPreference, forceSync];

export const routes: readonly Route[] = withDocumentation([ingestEvents, ...syncRoutes, ...directoryRoutes, ...tenantRoutes, ...jobRoutes, ...evidenceRoutes, ...healthRoutes, metricsRoute]);
