// The routes of retention.
import type { Route } from '../../route/define-route.ts';
import { archiveRoutes } from './archive.routes.ts';
import { explainEventRoute } from './explain-event.route.ts';
import { policyRoutes } from './policy.routes.ts';
import { runRoutes } from './run.routes.ts';

export const retentionRoutes: readonly Route[] = [explainEventRoute, ...policyRoutes, ...runRoutes, ...archiveRoutes];
