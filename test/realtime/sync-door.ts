// A client of the door where devices hear of changes.
import type { Door } from './door-client.ts';
import { connectRaw, dataOf, query } from './raw-door.ts';

export const syncDoor: Door = {
  name: 'sync-ws',
  connect: (connecting, tenant) =>
    connectRaw(
      {
        path: (asked) => Promise.resolve(`/api/v1/sync/ws/${asked.device ?? 'dev_1'}${query(asked)}`),
        hello: { type: 'subscribe' },
        readyAtOnce: false,
        onFrame(frame, received) {
          if (frame['event_type'] === 'subscribed') received.ready = true;
          if (frame['event_type'] !== 'change') return;
          received.ids.push(String(dataOf(frame)['resource_id']));
          received.at(frame['cursor']);
        },
      },
      connecting,
      tenant,
    ),
};
