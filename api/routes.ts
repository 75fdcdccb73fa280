// The list: every route of Holdfast stands here, the busiest first; what is not in it does not exist.
import { auditRoutes as auditDialectRoutes } from './audit/audit-routes.ts';
import { ackRoutes } from './current/ack/ack-routes.ts';
import { activityRoutes } from './current/activity/poll-activity.route.ts';
import { feedRoutes } from './current/feed/feed-routes.ts';
import { currentLiveRoutes } from './current/realtime/live-routes.ts';
import { summarizeEvents } from './current/summary/summarize-events.route.ts';
import { withDocumentation } from './docs/docs.routes.ts';
import { healthRoutes } from './ops/health.routes.ts';
import { metricsRoute } from './ops/metrics.route.ts';
import type { Route } from './route/define-route.ts';
import { tenantRoutes } from './v1/admin/tenant-routes.ts';
import { auditRoutes } from './v1/audit/audit-routes.ts';
import { directoryRoutes } from './v1/directory/directory-routes.ts';
import { exportRoutes } from './v1/export/export-routes.ts';
import { ingestEvents } from './v1/events/ingest-events.route.ts';
import { evidenceRoutes } from './v1/evidence/evidence-routes.ts';
import { jobRoutes } from './v1/jobs/job-routes.ts';
import { legalHoldRoutes } from './v1/legal-hold/legal-hold-routes.ts';
import { lockoutRoutes } from './v1/lockout/lockout-routes.ts';
import { sessionRoutes } from './v1/session/session-routes.ts';
import { issueLiveTicket } from './v1/realtime/issue-ticket.route.ts';
import { retentionRoutes } from './v1/retention/retention-routes.ts';
import { moveSyncCursor, syncStatus } from './v1/sync/device-place.route.ts';
import { listSyncDevices, registerSyncDevice } from './v1/sync/devices.route.ts';
import { forceSync } from './v1/sync/force-sync.route.ts';
import { listChanges } from './v1/sync/list-changes.route.ts';
import { readSyncPreference, writeSyncPreference } from './v1/sync/preferences.route.ts';

const syncRoutes = [listChanges, syncStatus, moveSyncCursor, listSyncDevices, registerSyncDevice, readSyncPreference, writeSyncPreference, forceSync];

export const routes: readonly Route[] = withDocumentation([ingestEvents, ...syncRoutes, ...feedRoutes, summarizeEvents, ...ackRoutes, ...activityRoutes, ...auditRoutes, ...directoryRoutes, ...tenantRoutes, ...auditDialectRoutes, ...sessionRoutes, ...lockoutRoutes, ...legalHoldRoutes, ...retentionRoutes, ...exportRoutes, ...currentLiveRoutes, issueLiveTicket, ...jobRoutes, ...evidenceRoutes, ...healthRoutes, metricsRoute]);
