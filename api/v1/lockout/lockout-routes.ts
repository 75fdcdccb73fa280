// The routes of the lockout.
import type { Route } from '../../route/define-route.ts';
import { endLockoutRoute } from './end-lockout.route.ts';
import { listLockoutsRoute } from './list-lockouts.route.ts';
import { reportAttemptRoute } from './report-attempt.route.ts';
import { reserveAttemptRoute } from './reserve-attempt.route.ts';

export const lockoutRoutes: readonly Route[] = [reserveAttemptRoute, reportAttemptRoute, listLockoutsRoute, endLockoutRoute];
