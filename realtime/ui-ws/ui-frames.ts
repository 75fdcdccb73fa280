// The frames of the UI socket: nine types, and what of the log each tells.
import type { Refusal } from '../../domain/shared/refusal.ts';
import type { News } from '../hub/news.ts';
import { resourceFrameOf } from '../wire/resource-frame.ts';
import { TextFrame, jsonFrame } from '../wire/text-frame.ts';

/** The socket has no words for folders that change, nor for shares. */
const types = new Set(['file_created', 'file_updated', 'file_deleted', 'folder_created', 'folder_deleted']);

export function uiFrames(news: News): readonly TextFrame[] {
  return news.once(uiFrames, ({ entry, cursor }) => {
    const frame = resourceFrameOf(entry);
    if (frame === null || !types.has(frame.type)) return [];
    return [new TextFrame(JSON.stringify({ type: frame.type, share_id: entry.share_id, data: frame.data, cursor }))];
  });
}

export const uiSays = {
  connected: (userId: string, timestamp: string, cursor: string) => jsonFrame({ type: 'connected', user_id: userId, timestamp, cursor }),
  subscribed: (shareId: string, cursor: string) => jsonFrame({ type: 'subscribed', share_id: shareId, cursor }),
  unsubscribed: (shareId: unknown) => jsonFrame({ type: 'unsubscribed', share_id: shareId }),
  pong: () => jsonFrame({ type: 'pong' }),
  lag: (shareId: string, from: string, to: string) => jsonFrame({ type: 'lag', share_id: shareId, from, to }),
  revoked: (shareId: string) => jsonFrame({ type: 'room_revoked', share_id: shareId }),
  error: (shareId: unknown, { code, message, details }: Refusal) =>
    jsonFrame({ type: 'error', share_id: shareId ?? null, error: { code, message, ...(details === undefined ? {} : { details }) } }),
};
