// Where in the log a reader begins: at the head, at the beginning, or behind its cursor where that can still be read on.
import type { LivePage, LiveQuery } from '../../db/journal/read-live.ts';
import type { CursorPlace, Cursors } from '../../domain/cursor/cursor.ts';
import { judgeCursor } from '../../domain/cursor/judge-cursor.ts';
import { refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import type { Room } from './room.ts';
import type { SubscriptionParts } from './subscription.ts';
import type { TenantFeed } from './tenant-feed.ts';

export type Beginning = Pick<SubscriptionParts<unknown>, 'afterSeq' | 'acceptedFloor'>;

export interface Beginnings {
  atHead(feed: TenantFeed): Promise<Beginning | Refusal>;
  atCursor(feed: TenantFeed, wanted: { readonly cursor: string; readonly room: Room }): Promise<Beginning | Refusal>;
}

export interface BeginningsParts {
  readonly readPage: (query: LiveQuery) => Promise<LivePage | null>;
  readonly cursors: Cursors;
}

const fromTheBeginning = '0';

export function createBeginnings({ readPage, cursors }: BeginningsParts): Beginnings {
  /** Asked where the tail has not heard of everything yet: who joins now is not told what was there before. */
  async function atHead({ tenantId, position, knownHead }: TenantFeed): Promise<Beginning | Refusal> {
    if (knownHead !== null) return { afterSeq: knownHead, acceptedFloor: 0 };
    const bounds = await readBounds(tenantId, { kind: 'all' });
    return bounds === null ? refuse('TENANT_UNKNOWN') : { afterSeq: Math.max(bounds.head, position), acceptedFloor: 0 };
  }

  async function atCursor(feed: TenantFeed, { cursor, room: { selection, scopeTag } }: { readonly cursor: string; readonly room: Room }): Promise<Beginning | Refusal> {
    const isFromTheBeginning = cursor === fromTheBeginning;
    const place = isFromTheBeginning ? null : cursors.read(feed.tenantId, cursor);
    if (place === null && !isFromTheBeginning) return refuse('CURSOR_INVALID');
    // What is known here is enough to let somebody on; whether somebody is refused is for the database to say.
    if (place !== null && feed.knowsPlace(place, scopeTag)) return behind(place);
    const bounds = await readBounds(feed.tenantId, selection);
    if (bounds === null) return refuse('TENANT_UNKNOWN');
    const { epoch, head, floor } = bounds;
    // What was kept when the rest was pruned belongs to the beginning.
    if (place === null) return { afterSeq: 0, acceptedFloor: floor };
    return judgeCursor(place, { epoch, head, floor, scopeTag, cursorAt: feed.cursorAt }) ?? behind(place);
  }

  /** An empty page: what is asked for are the bounds of the log as they are now. */
  function readBounds(tenantId: string, selection: LiveQuery['selection']): Promise<LivePage | null> {
    return readPage({ tenantId, afterSeq: 0, throughSeq: 0, selection, withEarlier: false, limit: 1 });
  }

  return { atHead, atCursor };
}

function behind({ seq, acceptedFloor = 0 }: CursorPlace): Beginning {
  return { afterSeq: seq, acceptedFloor };
}
