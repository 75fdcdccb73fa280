// What a client may ask to join: one profile, or the audit log through a filter.
import { z } from 'zod';
import type { LiveEntry } from '../../db/journal/read-live.ts';
import type { Principal } from '../../domain/access/principal.ts';
import { hasAnyScope } from '../../domain/access/scopes.ts';
import { scopeTag } from '../../domain/cursor/cursor.ts';
import { filterKey } from '../../domain/filter/filter-json.ts';
import { filterInput, toFilter } from '../../domain/filter/filter.schema.ts';
import { matches } from '../../domain/filter/matches.ts';
import { isLive } from '../../domain/own-action/own-entry-facts.ts';
import { producerId } from '../../domain/shared/ids.ts';
import { isRefusal, refuse, refuseFields } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { everyEntry, profileRoom } from '../hub/room.ts';
import type { Room } from '../hub/room.ts';

export interface Wish {
  /** The same for the same room: who asks for it again starts over. */
  readonly name: string;
  /** As events about the room name it. */
  readonly label: Readonly<Record<string, string | boolean>>;
  readonly room: Room;
  readonly isAudit: boolean;
  readonly cursor: string | null;
}

const place = {
  share_id: producerId.optional(),
  workspace_id: producerId.optional(),
  org_id: producerId.optional(),
  audit: z.literal(true).optional(),
  filter: filterInput.optional(),
};
const joinWish = z.strictObject({ ...place, cursor: z.string().min(1).max(256).nullish() });

/** The filter counts for leaving as well: without it, it is another room. */
export function readWish(payload: unknown, principal: Principal): Wish | Refusal {
  const parsed = joinWish.safeParse(payload);
  if (!parsed.success) return refuseFields(parsed.error.issues.map(({ path, message }) => ({ field: path.join('.') || 'room', expected: message })));
  const { share_id: share, workspace_id: workspace, org_id: org, audit, filter, cursor = null } = parsed.data;
  const named = [share, workspace, org, audit].filter((one) => one !== undefined);
  if (named.length !== 1) return refuseFields([{ field: 'room', expected: 'expected exactly one of share_id, workspace_id, org_id, audit' }]);
  if (audit === true) return auditWish({ filter: filter ?? {}, cursor, principal });
  if (filter !== undefined) return refuseFields([{ field: 'filter', expected: 'expected none: only audit rooms have a filter' }]);
  if (share !== undefined) return profileWish({ type: 'share', id: share, cursor });
  if (workspace !== undefined) return profileWish({ type: 'workspace', id: workspace, cursor });
  return profileWish({ type: 'org', id: org ?? '', cursor });
}

function profileWish({ type, id, cursor }: { type: 'share' | 'workspace' | 'org'; id: string; cursor: string | null }): Wish {
  return { name: `${type}:${id}`, label: { [`${type}_id`]: id }, room: profileRoom({ type, id }), isAudit: false, cursor };
}

interface AuditWish {
  readonly filter: z.output<typeof filterInput>;
  readonly cursor: string | null;
  readonly principal: Principal;
}

function auditWish({ filter: asked, cursor, principal }: AuditWish): Wish | Refusal {
  if (principal.entities !== null || !hasAnyScope(principal, ['audit:read'])) return refuse('FORBIDDEN');
  const filter = toFilter(asked);
  if (isRefusal(filter)) return filter;
  const key = filterKey(filter);
  const isMeant = matches(filter);
  const room: Room = {
    key: everyEntry,
    selection: { kind: 'audit' },
    scopeTag: scopeTag(`filter:${key}`),
    profile: null,
    mayJoin: (viewer) => !viewer.isSentAway,
    shows: (entry: LiveEntry) => isLive(entry) && isMeant(entry),
  };
  return { name: `audit:${key}`, label: { audit: true }, room, isAudit: true, cursor };
}
