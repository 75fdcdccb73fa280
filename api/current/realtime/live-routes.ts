// The routes of /current that give tokens for live doors, and check them.
import type { Route } from '../../route/define-route.ts';
import { realtimeAuth, realtimeAuthWithoutRoom } from './realtime-auth.route.ts';
import { validateRealtimeToken } from './validate-realtime-token.route.ts';
import { websocketAuth, websocketAuthWithoutProfile } from './websocket-auth.route.ts';

/** `validate` is no room. */
export const currentLiveRoutes: readonly Route[] = [websocketAuth, websocketAuthWithoutProfile, validateRealtimeToken, realtimeAuth, realtimeAuthWithoutRoom];
