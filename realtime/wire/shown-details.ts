// The details of an entry as members are shown them.
import type { LiveEntry } from '../../db/journal/read-live.ts';
import type { JsonObject } from '../../domain/shared/json.ts';

/** How a request of an administrator came to us is for those who read the audit log. */
export function shownDetails({ own_action: ownAction, details }: Pick<LiveEntry, 'own_action' | 'details'>): JsonObject | null {
  if (ownAction === null || details === null) return details;
  const { request: _request, ...shown } = details;
  return shown;
}
