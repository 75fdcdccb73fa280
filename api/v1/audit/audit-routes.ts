// The routes of the audit log.
import type { Route } from '../../route/define-route.ts';
import { countFacetsRoute } from './count-facets.route.ts';
import { listActivityRoute } from './list-activity.route.ts';
import { listEventsRoute } from './list-events.route.ts';
import { readEventRoute } from './read-event.route.ts';
import {
  createSavedQueryRoute,
  deleteSavedQueryRoute,
  listSavedQueriesRoute,
  patchSavedQueryRoute,
  readSavedQueryRoute,
  runSavedQueryRoute,
} from './saved-queries.route.ts';

export const auditRoutes: readonly Route[] = [
  listEventsRoute,
  readEventRoute,
  listActivityRoute,
  countFacetsRoute,
  listSavedQueriesRoute,
  createSavedQueryRoute,
  readSavedQueryRoute,
  patchSavedQueryRoute,
  deleteSavedQueryRoute,
  runSavedQueryRoute,
];
