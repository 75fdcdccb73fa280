// The routes of jobs.
import type { Route } from '../../route/define-route.ts';
import { cancelJobRoute } from './cancel-job.route.ts';
import { listJobsRoute } from './list-jobs.route.ts';
import { readJobRoute } from './read-job.route.ts';
import { startJobRoute } from './start-job.route.ts';

export const jobRoutes: readonly Route[] = [startJobRoute, listJobsRoute, readJobRoute, cancelJobRoute];
