// The frames of rooms on Socket.IO: change rows as UIs know them, everything else as events, and the audit object in audit rooms.
import type { LiveEntry } from '../../db/journal/read-live.ts';
import type { News } from '../hub/news.ts';
import { resourceFrameOf } from '../wire/resource-frame.ts';
import { shownDetails } from '../wire/shown-details.ts';
import { auditObject } from './audit-object.ts';
import { IoFrame } from './io-frame.ts';

export function roomFrames(news: News): readonly IoFrame[] {
  return news.once(roomFrames, ({ entry, cursor }) => {
    const { type, data } = resourceFrameOf(entry) ?? { type: 'event', data: eventData(entry) };
    return [new IoFrame('frame', { cursor, type, share_id: entry.share_id, data })];
  });
}

export function auditFrames(news: News): readonly IoFrame[] {
  return news.once(auditFrames, ({ entry, cursor }) => [
    new IoFrame('frame', { cursor, type: 'audit', share_id: entry.share_id, data: auditObject(entry) }),
  ]);
}

function eventData(entry: LiveEntry): Readonly<Record<string, unknown>> {
  return {
    event_id: `evt_${entry.id}`,
    event: entry.event,
    event_type: entry.event_type,
    category: entry.current_category,
    sub_category: entry.sub_category,
    object_id: entry.resource_id,
    object_name: entry.resource_name,
    calling_user: entry.user_id,
    calling_user_name: entry.user_name,
    user_id: entry.target_user_id,
    org_id: entry.org_id,
    workspace_id: entry.workspace_id,
    share_id: entry.share_id,
    outcome: entry.outcome,
    created: entry.event_time,
    activity: entry.activity,
    details: shownDetails(entry),
  };
}
