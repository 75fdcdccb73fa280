// The routes of the /api dialect that are no stream.
import type { Route } from '../route/define-route.ts';
import { decisionStatistics } from './decision/decision-statistics.route.ts';
import { listDecisions } from './decision/list-decisions.route.ts';
import { internalAuditLogs } from './own-action/internal-audit-logs.route.ts';

export const auditRoutes: readonly Route[] = [listDecisions, decisionStatistics, internalAuditLogs];
