// The messages of the activity socket: which keys were touched, and for what every member may know, the event itself.
import type { LiveEntry } from '../../db/journal/read-live.ts';
import type { Viewer } from '../../domain/access/audience.ts';
import { parseInstant } from '../../domain/shared/instant.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { bareActivityKey } from '../../domain/vocabulary/activity-keys.ts';
import type { News } from '../hub/news.ts';
import { isShownInFeed } from '../hub/room.ts';
import { shownDetails } from '../wire/shown-details.ts';
import { shownName } from '../wire/shown-name.ts';
import { jsonFrame } from '../wire/text-frame.ts';
import type { TextFrame } from '../wire/text-frame.ts';

/** Of the whole message, as UTF-8. */
const eventBytes = 4_096;

/** For a profile that the entry names: all keys it touches. */
export function profileFrames(news: News, viewer: Viewer): readonly TextFrame[] {
  const activity = news.once(profileFrames, ({ entry, cursor }) => jsonFrame({ response: 'activity', activity: entry.activity, cursor }));
  return withEvent(activity, { news, viewer });
}

/** For the profile of the user who acted: their uploads alone. */
export function uploadFrames(news: News): readonly TextFrame[] {
  return news.once(uploadFrames, ({ entry, cursor }) => {
    const keys = uploadKeys(entry);
    return keys.length === 0 ? [] : [jsonFrame({ response: 'activity', activity: keys, cursor })];
  });
}

export function uploadKeys({ activity }: LiveEntry): readonly string[] {
  return activity.filter((key) => bareActivityKey(key) === 'upload');
}

export const currentSays = {
  lag: (from: string, to: string) => jsonFrame({ response: 'lag', from, to }),
  error: ({ code, message, details }: Refusal) =>
    jsonFrame({ result: false, response: 'error', error: { code, message, ...(details === undefined ? {} : { details }) } }),
};

function withEvent(activity: TextFrame, { news, viewer }: { news: News; viewer: Viewer }): readonly TextFrame[] {
  const { entry } = news;
  if (entry.permission !== 'member' || !isShownInFeed(entry, viewer)) return [activity];
  const event = news.once(eventFrame, eventFrame);
  return event === null ? [activity] : [activity, event];
}

/** Null for an entry that does not fit: its activity announces it. */
function eventFrame({ entry, cursor }: News): TextFrame | null {
  const [firstKey] = entry.activity;
  const name = shownName(entry);
  const frame = jsonFrame({
    result: true,
    response: 'event',
    time: `${new Date().toISOString().replace('T', ' ').replace('Z', '')}000 UTC`,
    timestamp: microtime(entry.event_time),
    event: entry.event,
    category: entry.current_category,
    sub_category: entry.sub_category,
    object_id: entry.resource_id,
    calling_user: entry.user_id,
    activity_field: firstKey === undefined ? null : bareActivityKey(firstKey),
    data: { ...(name === null ? {} : { name }), ...entry.change_metadata, ...shownDetails(entry) },
    cursor,
  });
  return frame.bytes.length > eventBytes ? null : frame;
}

/** Seconds with four digits behind the point. */
function microtime(eventTime: string): string {
  return ((parseInstant(eventTime) ?? 0) / 1_000_000).toFixed(4);
}
