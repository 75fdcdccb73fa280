// A client of the door where pages hear of a share.
import type { Door } from './door-client.ts';
import { connectRaw, dataOf, query } from './raw-door.ts';

export const uiDoor: Door = {
  name: 'ui-ws',
  connect: (connecting, tenant) =>
    connectRaw(
      {
        path: (asked) => Promise.resolve(`/api/v1/realtime/ws${query(asked)}`),
        hello: { action: 'subscribe', share_id: 'shr_1' },
        readyAtOnce: false,
        onFrame(frame, received) {
          if (frame['type'] === 'subscribed' || frame['type'] === 'error') received.ready = true;
          if (frame['type'] === 'room_revoked') received.end(4403);
          if (frame['type'] !== 'file_created') return;
          received.ids.push(String(dataOf(frame)['file_id']));
          received.at(frame['cursor']);
        },
      },
      connecting,
      tenant,
    ),
};
