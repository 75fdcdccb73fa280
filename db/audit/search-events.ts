// One page of the audit log: today's rights, the cursor's judgement, bounds and rows of one moment.
import { isTextAlone, leadingText, scopeOf, timeBounds } from '../../domain/audit/audit-selection.ts';
import type { AuditSelection } from '../../domain/audit/audit-selection.ts';
import { readPosition, writePosition } from '../../domain/audit/walk-position.ts';
import type { WalkPosition } from '../../domain/audit/walk-position.ts';
import { may } from '../../domain/access/may.ts';
import type { Principal } from '../../domain/access/principal.ts';
import type { CursorPlace, Cursors } from '../../domain/cursor/cursor.ts';
import { endsOf, judgeCursor } from '../../domain/cursor/judge-cursor.ts';
import { filterSql, likePattern } from '../../domain/filter/filter-sql.ts';
import type { SqlParameters } from '../../domain/filter/filter-sql.ts';
import { heldSql } from '../../domain/held/held-sql.ts';
import { isRefusal, refuse, refuseFields } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { asking } from '../access/ask.ts';
import { notHiddenSql } from '../access/hidden-sql.ts';
import { stillInViewSql } from '../access/view-sql.ts';
import { readAsker } from '../access/read-asker.ts';
import { readScopes } from '../held/read-scopes.ts';
import { findEntries } from '../journal/find-entries.ts';
import type { EntryQuery, TimeOrder } from '../journal/find-entries.ts';
import type { LogMonths } from '../journal/log-months.ts';
import type { Client, Pool } from '../pool.ts';
import { inTenantSnapshot } from '../tenant-transaction.ts';
import { auditJsonSql } from './audit-json.ts';
import { readAuditBounds } from './read-audit-bounds.ts';
import type { AuditBounds } from './read-audit-bounds.ts';

export interface AuditWorld {
  readonly pool: Pool;
  readonly logMonths: LogMonths;
  readonly cursors: Cursors;
}

export interface AuditQuestion {
  readonly principal: Principal;
  readonly selection: AuditSelection;
  /** What cursors are bound to, where it is not the selection itself. */
  readonly scope?: string;
  /** Null without one: from the beginning of the walk. */
  readonly cursor: { readonly place: CursorPlace | null } | null;
  readonly order: TimeOrder;
  readonly limit: number;
  readonly minSeq: number | null;
}

export interface AuditPage {
  /** The events as JSON objects. */
  readonly events: readonly string[];
  readonly cursor: string;
  readonly hasMore: boolean;
  readonly completeThroughSeq: number;
}

/** `behind` when the log has not come to `minSeq` yet. */
export async function searchEvents(world: AuditWorld, question: AuditQuestion): Promise<AuditPage | 'behind' | Refusal> {
  const { principal, selection } = question;
  const { tenantId } = principal;
  return inTenantSnapshot(world.pool, tenantId, async (client) => {
    const [asker, bounds] = await Promise.all([readAsker(asking(client), principal), readAuditBounds(client, tenantId, selection)]);
    if (!may({ asker, deed: 'read-audit', subject: { kind: 'tenant' } })) return refuse('FORBIDDEN');
    if (bounds === null) return refuse('TENANT_UNKNOWN');
    const start = startOf(world, question, bounds);
    if (isRefusal(start)) return start;
    if (question.minSeq !== null && start.throughSeq < question.minSeq) {
      // A walk that has begun stays as it was; only a new one can see more.
      if (start.throughSeq < bounds.head || bounds.head >= question.minSeq)
        return refuseFields([{ field: 'min_seq', expected: `expected at most ${String(start.throughSeq)}, where this walk ends` }]);
      return 'behind';
    }
    return readPage(client, { world, question, bounds, start });
  });
}

interface Start {
  readonly throughSeq: number;
  readonly afterSeq: number;
  readonly after: WalkPosition | null;
}

function startOf({ cursors }: AuditWorld, { principal: { tenantId }, selection, scope, cursor, order }: AuditQuestion, bounds: AuditBounds): Start | Refusal {
  const { epoch, head, floor, wholeFloor } = bounds;
  if (cursor === null) return { throughSeq: head, afterSeq: 0, after: null };
  const { place } = cursor;
  const tag = scope ?? scopeOf(selection);
  const cursorAt = (seq: number, acceptedFloor = 0) => cursors.make(tenantId, { epoch, seq, scopeTag: tag, acceptedFloor });
  const reading = { epoch, head, floor, scopeTag: tag, cursorAt };
  const text = place?.position ?? null;
  const position = text === null ? null : readPosition(text);
  // A walk stands in the middle of the log whatever was pruned below it: what counts is whether anything was pruned since it began.
  const refusal = judgeCursor(place, position === null ? reading : { ...reading, floor: 0 });
  if (refusal !== null || place === null) return refusal ?? refuse('CURSOR_INVALID');
  if (text === null) return { throughSeq: head, afterSeq: place.seq, after: null };
  if (position?.order !== order) return refuse('CURSOR_MISMATCH');
  const floorOfWalk = place.scopeTag === null ? wholeFloor : floor;
  if (floorOfWalk > position.floor) return refuse('CURSOR_EXPIRED', { details: endsOf(reading) });
  return { throughSeq: place.seq, afterSeq: position.afterSeq, after: position };
}

interface Reading {
  readonly world: AuditWorld;
  readonly question: AuditQuestion;
  readonly bounds: AuditBounds;
  readonly start: Start;
}

async function readPage(client: Client, { world, question, bounds, start }: Reading): Promise<AuditPage> {
  const { principal: { tenantId }, selection, scope, order, limit } = question;
  const { epoch, floor } = bounds;
  const { throughSeq, afterSeq, after } = start;
  const query = await entryQuery(client, { tenantId, selection, logMonths: world.logMonths, epoch });
  const { rows, next } = await findEntries(client, { ...query, afterSeq, throughSeq, order, after, limit, json: auditJsonSql });
  const position = next === null ? null : writePosition({ order, ...next, afterSeq, floor });
  return {
    events: rows.map(({ json }) => json),
    // Behind the last page the cursor stands in the log itself: from there on, what is new.
    cursor: world.cursors.make(tenantId, { epoch, seq: throughSeq, scopeTag: scope ?? scopeOf(selection), position }),
    hasMore: next !== null,
    completeThroughSeq: throughSeq,
  };
}

export interface SelectionAsked {
  readonly tenantId: string;
  readonly selection: AuditSelection;
  readonly logMonths: LogMonths;
  readonly epoch: string;
}

/** What the selection asks of entries, wherever the walk stands. */
export async function entryQuery(
  client: Client,
  { tenantId, selection: { filter, held }, logMonths, epoch }: SelectionAsked,
): Promise<Pick<EntryQuery, 'tenantId' | 'months' | 'where' | 'pattern' | 'patternOnly' | 'fromTime' | 'toTime'>> {
  const [months, scopes] = await Promise.all([
    logMonths.read(client, { tenantId, epoch }),
    held === null ? Promise.resolve([]) : readScopes(asking(client), { tenantId }),
  ]);
  const text = leadingText(filter);
  const { from, to } = timeBounds(filter);
  return {
    tenantId,
    months,
    where(parameters: SqlParameters): string {
      const asked = `${filterSql(filter, parameters)} AND ${notHiddenSql} AND ${stillInViewSql('audit')}`;
      if (held === null) return asked;
      return `${asked} AND ${held ? '' : 'NOT '}${heldSql(scopes, parameters, { tenantId })}`;
    },
    pattern: text === null ? null : likePattern(text),
    patternOnly: held === null && isTextAlone(filter),
    fromTime: from,
    toTime: to,
  };
}
