// The v1 names: all that the vocabulary knows, and the look-up of one.
import type { V1Event } from './v1-event.ts';
import { adminEvents } from './v1-events/admin.ts';
import { authenticationEvents } from './v1-events/authentication.ts';
import { authorizationEvents } from './v1-events/authorization.ts';
import { complianceEvents } from './v1-events/compliance.ts';
import { fileAccessEvents } from './v1-events/file-access.ts';
import { fileModificationEvents } from './v1-events/file-modification.ts';
import { securityEvents } from './v1-events/security.ts';
import { sharingEvents } from './v1-events/sharing.ts';

export const v1Events = {
  ...authenticationEvents,
  ...authorizationEvents,
  ...fileAccessEvents,
  ...fileModificationEvents,
  ...sharingEvents,
  ...adminEvents,
  ...securityEvents,
  ...complianceEvents,
};

export type V1EventName = keyof typeof v1Events;

const byName: ReadonlyMap<string, V1Event> = new Map(Object.entries<V1Event>(v1Events));

/** Every known name, in the order of the categories. */
export const v1EventNames: readonly string[] = [...byName.keys()];

export function findV1Event(name: string): V1Event | undefined {
  return byName.get(name);
}
