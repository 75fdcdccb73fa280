// What is told of who is in a room, as a frame: made once for everybody who is told the same.
import { IoFrame } from './io-frame.ts';
import type { PresenceNews } from './presence.ts';

const made = new WeakMap<PresenceNews, IoFrame>();

/** News are of one room, so the label is the same each time. */
export function presenceFrame(label: Readonly<Record<string, string | boolean>>, news: PresenceNews): IoFrame {
  const known = made.get(news);
  if (known !== undefined) return known;
  const frame = new IoFrame('presence', { ...label, ...news });
  made.set(news, frame);
  return frame;
}
