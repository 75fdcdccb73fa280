// The routes of the feed.
import { eventDetails } from './event-details.route.ts';
import { searchEvents } from './search-events.route.ts';

export const feedRoutes = [searchEvents, eventDetails];
