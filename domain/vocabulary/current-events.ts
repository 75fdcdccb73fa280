// The /current names: all that the vocabulary knows, and the look-up of one.
import type { CurrentEvent } from './current-event.ts';
import { alarmEvents, rightsEvents, signInEvents, syncEvents } from './current-events/access.ts';
import { aiEvents } from './current-events/ai.ts';
import { commentEvents } from './current-events/comments.ts';
import { contentMatchEvents, holdEvents, logReadingEvents, retentionEvents } from './current-events/compliance.ts';
import { fileEvents } from './current-events/file.ts';
import { invitationEvents } from './current-events/invitations.ts';
import { fileShareEvents, quickShareEvents } from './current-events/links.ts';
import { membershipEvents } from './current-events/membership.ts';
import { metadataEvents } from './current-events/metadata.ts';
import { billingEvents, importEvents, organizationEvents, settingsEvents } from './current-events/organization.ts';
import { shareEvents } from './current-events/share.ts';
import { shareStorageEvents } from './current-events/share-storage.ts';
import { uploadEvents } from './current-events/upload.ts';
import { groupEvents, userEvents } from './current-events/users.ts';
import { approvalEvents, taskEvents, worklogEvents } from './current-events/workflow.ts';
import { workspaceEvents } from './current-events/workspace.ts';
import { workspaceStorageEvents } from './current-events/workspace-storage.ts';

export const currentEvents: readonly CurrentEvent[] = [
  ...workspaceStorageEvents,
  ...shareStorageEvents,
  ...fileEvents,
  ...uploadEvents,
  ...commentEvents,
  ...membershipEvents,
  ...workspaceEvents,
  ...shareEvents,
  ...fileShareEvents,
  ...quickShareEvents,
  ...aiEvents,
  ...metadataEvents,
  ...invitationEvents,
  ...userEvents,
  ...groupEvents,
  ...organizationEvents,
  ...settingsEvents,
  ...billingEvents,
  ...importEvents,
  ...taskEvents,
  ...approvalEvents,
  ...worklogEvents,
  ...signInEvents,
  ...rightsEvents,
  ...alarmEvents,
  ...syncEvents,
  ...holdEvents,
  ...retentionEvents,
  ...contentMatchEvents,
  ...logReadingEvents,
];

const byName: ReadonlyMap<string, CurrentEvent> = new Map(currentEvents.map((event) => [event.name, event]));

/** Every known name, in the order of the groups. */
export const currentEventNames: readonly string[] = [...byName.keys()];

export function findCurrentEvent(name: string): CurrentEvent | undefined {
  return byName.get(name);
}
