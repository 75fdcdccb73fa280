// Makes opaque ids: 26 characters, ordered by the time of making, unguessable in the rest.
import { randomFillSync } from 'node:crypto';
import type { Clock } from '../domain/shared/clock.ts';
import type { Ids } from '../domain/shared/ids.ts';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const randomLength = 16;
const poolBytes = new Uint8Array(randomLength * 256);

export function createIds(clock: Clock): Ids {
  let used = poolBytes.length;
  let lastMs = -1;
  let timeText = '';

  return {
    next() {
      const nowMs = clock.nowMs();
      if (nowMs !== lastMs) {
        lastMs = nowMs;
        timeText = encodeTime(nowMs);
      }
      if (used === poolBytes.length) {
        randomFillSync(poolBytes);
        used = 0;
      }
      let text = timeText;
      for (const byte of poolBytes.subarray(used, used + randomLength)) text += alphabet.charAt(byte & 31);
      used += randomLength;
      return text;
    },
  };
}

/** 48 bits in ten characters, most significant first. */
function encodeTime(ms: number): string {
  let text = '';
  for (let rest = ms, place = 0; place < 10; place += 1, rest = Math.floor(rest / 32)) text = alphabet.charAt(rest % 32) + text;
  return text;
}
