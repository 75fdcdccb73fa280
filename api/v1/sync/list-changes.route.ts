// GET /api/v1/sync/changes: the change log by cursor, from the database, or from memory when there is nothing but news.
import { z } from 'zod';
import type { Principal } from '../../../domain/access/principal.ts';
import { fromTheBeginning, judgeCursor } from '../../../domain/cursor/judge-cursor.ts';
import type { CursorPlace } from '../../../domain/cursor/cursor.ts';
import { producerId } from '../../../domain/shared/ids.ts';
import { isRefusal, refuse } from '../../../domain/shared/refusal.ts';
import type { Refusal } from '../../../domain/shared/refusal.ts';
import type { TailLog } from '../../../db/journal/tail-log.ts';
import { defineRoute } from '../../route/define-route.ts';
import { queryInteger } from '../../route/query-values.ts';
import { rawJson } from '../../route/reply.ts';
import type { RawJson } from '../../route/reply.ts';
import type { ApiWorld } from '../../world.ts';
import { readStoredChanges } from './read-stored-changes.ts';
import { shareScope } from './share-scope.ts';
import { waitForChanges } from './wait-for-changes.ts';

const change = z.strictObject({
  id: z.string(),
  tenant_id: z.string(),
  share_id: z.string(),
  resource_type: z.enum(['file', 'folder', 'share']),
  resource_id: z.string(),
  change_type: z.enum(['created', 'updated', 'deleted', 'moved', 'renamed']),
  changed_by: z.string().nullable(),
  changed_at: z.string(),
  metadata: z.looseObject({}).nullable(),
  old_path: z.string().nullable(),
  new_path: z.string().nullable(),
  version_id: z.string().nullable(),
});

export const listChanges = defineRoute({
  method: 'GET',
  path: '/api/v1/sync/changes',
  summary: 'Read the change log from a cursor',
  description:
    'Without a cursor: the head (an empty page and a cursor). cursor=0: from the beginning. Without share_id: all shares the caller may read. ' +
    'With wait, an empty page is held back for so many seconds, until there is something to show.',
  tag: 'sync',
  access: 'signed-in',
  query: z.strictObject({
    cursor: z.string().min(1).max(256).optional(),
    share_id: producerId.optional(),
    limit: queryInteger({ min: 1, max: 5_000 }).default(1_000),
    wait: queryInteger({ min: 0, max: 95 }).default(0),
  }),
  reply: z.strictObject({ changes: z.array(change), cursor: z.string(), has_more: z.boolean(), share_id: z.string().nullable() }),
  refusals: ['CURSOR_INVALID', 'CURSOR_MISMATCH', 'CURSOR_EXPIRED', 'NOT_FOUND', 'TENANT_UNKNOWN'],
  async handle({ query, principal, signal }, world) {
    const { tenantId } = principal;
    const log = await world.tail.watch(tenantId);
    if (log === null) return refuse('TENANT_UNKNOWN');
    const shareId = query.share_id ?? null;
    const reading: Reading = { principal, shareId, limit: query.limit, scopeTag: shareScope(query.share_id) };
    const from = startOf(query.cursor, { tenantId, world });

    const page = atHead(from, reading, log) ? await nothingNew(reading, log, world) : await readStoredChanges(from, reading, world);
    if (isRefusal(page)) return page;
    if (page.count > 0 || query.wait === 0 || from === 'head') return present(page, reading, world);
    const waited = await waitForChanges({ afterSeq: page.position, log, reading, waitMs: query.wait * 1000, signal }, world);
    return isRefusal(waited) ? waited : present(waited, reading, world);
  },
});

export interface Reading {
  readonly principal: Principal;
  readonly shareId: string | null;
  readonly limit: number;
  readonly scopeTag: string | null;
}

/** A part of the change log as it is shown: rows as JSON text, and where the reader stands afterwards. */
export interface ChangesPart {
  readonly rows: string;
  readonly count: number;
  readonly hasMore: boolean;
  readonly position: number;
  readonly acceptedFloor: number;
  readonly epoch: string;
}

/** Where a reading begins: at the head, before everything, or at a place that a cursor names (null when it is not one of ours). */
export type Start = 'head' | 'beginning' | { readonly place: CursorPlace | null };

function startOf(cursor: string | undefined, { tenantId, world }: { tenantId: string; world: ApiWorld }): Start {
  if (cursor === undefined) return 'head';
  if (cursor === fromTheBeginning) return 'beginning';
  return { place: world.cursors.read(tenantId, cursor) };
}

/** Nothing can be beyond this cursor, as far as this process has heard, and it has heard lately. */
function atHead(from: Start, reading: Reading, log: TailLog): boolean {
  if (!log.isCurrent()) return false;
  if (from === 'head') return true;
  if (from === 'beginning' || from.place === null || from.place.seq !== log.position) return false;
  return judgeCursor(from.place, { epoch: log.epoch, head: log.position, floor: 0, scopeTag: reading.scopeTag, cursorAt: () => '' }) === null;
}

/** Costs no database: the rights are those this process concluded since the last entry that could have changed them. */
async function nothingNew(reading: Reading, log: TailLog, world: ApiWorld): Promise<ChangesPart | Refusal> {
  const { position, epoch } = log;
  if (reading.shareId !== null && !(await world.rights.mayReadShare(reading.principal, reading.shareId))) return refuse('NOT_FOUND');
  return { rows: '', count: 0, hasMore: false, position, acceptedFloor: 0, epoch };
}

function present(part: ChangesPart, reading: Reading, world: ApiWorld): RawJson {
  const { epoch, position: seq, acceptedFloor } = part;
  const cursor = world.cursors.make(reading.principal.tenantId, { epoch, seq, scopeTag: reading.scopeTag, acceptedFloor });
  return rawJson(
    '{"changes":[',
    part.rows,
    `],"cursor":${JSON.stringify(cursor)},"has_more":${String(part.hasMore)},"share_id":${JSON.stringify(reading.shareId)}}`,
  );
}
