// The frames of the sync socket: nudges, discriminated by `event_type`.
import type { LiveEntry } from '../../db/journal/read-live.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import type { News } from '../hub/news.ts';
import { TextFrame, jsonFrame } from '../wire/text-frame.ts';

export function syncFrames(news: News): readonly TextFrame[] {
  return news.once(syncFrames, ({ entry, cursor }) => {
    const share = JSON.stringify(entry.share_id);
    const at = JSON.stringify(cursor);
    // The row is JSON already, as every door of the change log shows it.
    if (entry.change !== null) return [new TextFrame(`{"event_type":"change","share_id":${share},"data":${entry.change},"cursor":${at}}`)];
    if (isForce(entry)) return [new TextFrame(`{"event_type":"force_sync","share_id":${share},"cursor":${at}}`)];
    if (!isPreference(entry)) return [];
    return [jsonFrame({ event_type: 'sync_preference_updated', share_id: entry.share_id, device_id: entry.resource_id, cursor })];
  });
}

export function isForce({ own_action: action, outcome }: LiveEntry): boolean {
  return action === 'force_sync' && outcome === 'success';
}

export function isPreference({ own_action: action, outcome }: LiveEntry): boolean {
  return action === 'update_sync_preference' && outcome === 'success';
}

// Clients read `event_type ?? type`: answers carry both.
export const syncSays = {
  pong: () => jsonFrame({ event_type: 'pong', type: 'pong' }),
  subscribed: (cursor: string) => jsonFrame({ event_type: 'subscribed', type: 'subscribed', cursor }),
  missedForce: (shareId: string) => jsonFrame({ event_type: 'force_sync', share_id: shareId }),
  lag: (from: string, to: string) => jsonFrame({ event_type: 'lag', type: 'lag', from, to }),
  error: ({ code, message, details }: Refusal) =>
    jsonFrame({ event_type: 'error', type: 'error', error: { code, message, ...(details === undefined ? {} : { details }) } }),
};
