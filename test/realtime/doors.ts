// Every live door with a client of it, for what must hold at all of them.
import { currentDoor } from './current-door.ts';
import type { Door } from './door-client.ts';
import { ioDoor } from './io-door.ts';
import { sseDoor } from './sse-door.ts';
import { syncDoor } from './sync-door.ts';
import { uiDoor } from './ui-door.ts';

export const doors: readonly Door[] = [syncDoor, uiDoor, currentDoor, sseDoor, ioDoor];
