// The API with its live doors in this process, with limits that a test need not wait for; when it ends, nothing of it may be left.
import { expect } from '@jest/globals';
import { openLive } from '../../bin/root/live-doors.ts';
import type { LiveLimits } from '../../realtime/hub/limits.ts';
import type { LiveDoors } from '../../realtime/live-doors.ts';
import { startTestApi } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { endsWithFile } from '../harness/ends-with-file.ts';
import { listenersOf, noteHeld } from './left-behind.ts';

export interface LiveApi extends TestApi {
  readonly doors: LiveDoors;
}

export async function startLiveApi({ limits = {}, allowedOrigins = [] }: { limits?: Partial<LiveLimits>; allowedOrigins?: readonly string[] } = {}): Promise<LiveApi> {
  const held = noteHeld();
  const api = await startTestApi();
  const listeners = listenersOf(api.server);
  const doors = openLive({ server: api.server, world: api.world, appUrl: api.database.appUrl, allowedOrigins, limits });
  return {
    ...api,
    doors,
    end: endsWithFile(async () => {
      await doors.stop();
      expect([doors.connectionCount, listenersOf(api.server)]).toEqual([0, listeners]);
      await api.end();
      await held.isLetGo();
    }),
  };
}
