// A client of the door of the current API, which lets in by a ticket for a share.
import type { Door } from './door-client.ts';
import { connectRaw, query } from './raw-door.ts';

export const currentDoor: Door = {
  name: 'current-ws',
  connect: (connecting, tenant) =>
    connectRaw(
      {
        async path(asked) {
          const { status, body } = await tenant.call('/current/websocket/auth/shr_1', { token: asked.token });
          const { auth_token: token = 'none' } = ((body as { response?: unknown }).response ?? {}) as { auth_token?: string };
          return status === 200 ? `/api/websocket/${query({ ...asked, token })}` : `/api/websocket/?token=none`;
        },
        readyAtOnce: true,
        onFrame(frame, received) {
          if (frame['response'] !== 'activity') return;
          const key = (frame['activity'] as string[]).find((one) => one.startsWith('storage:'));
          if (key !== undefined) received.ids.push(key.slice('storage:'.length));
          received.at(frame['cursor']);
        },
      },
      connecting,
      tenant,
    ),
};
