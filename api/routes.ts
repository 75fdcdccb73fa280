// The list: every route of Holdfast stands here, the busiest first; what is not in it does not exist.
import { withDocumentation } from './docs/docs.routes.ts';
import { healthRoutes } from './ops/health.routes.ts';
import { metricsRoute } from './ops/metrics.route.ts';
import type { Route } from './route/define-route.ts';

export const routes: readonly Route[] = withDocumentation([...healthRoutes, metricsRoute]);
