// The routes of sessions.
import type { Route } from '../../route/define-route.ts';
import { listSessions } from './list-sessions.route.ts';
import { revokeSessionRoute } from './revoke-session.route.ts';
import { revokeSessionsOfUserRoute } from './revoke-sessions-of-user.route.ts';

export const sessionRoutes: readonly Route[] = [listSessions, revokeSessionRoute, revokeSessionsOfUserRoute];
