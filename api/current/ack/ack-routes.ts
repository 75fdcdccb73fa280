// The routes of acknowledging.
import { acknowledgeEvent, withdrawAcknowledgement } from './ack-event.route.ts';
import { acknowledgeMany } from './ack-events.route.ts';
import { unreadEvents } from './unread-events.route.ts';

export const ackRoutes = [acknowledgeEvent, withdrawAcknowledgement, acknowledgeMany, unreadEvents];
