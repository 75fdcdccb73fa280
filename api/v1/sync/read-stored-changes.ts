// A page of the change log from the database: today's rights, the cursor's judgement and the rows in one transaction.
import { judgeCursor } from '../../../domain/cursor/judge-cursor.ts';
import { isRefusal, refuse } from '../../../domain/shared/refusal.ts';
import type { Refusal } from '../../../domain/shared/refusal.ts';
import { mayReadShare, readableShares, readsEverything } from '../../../db/access/readable-shares.ts';
import { mostUnweighed, readChanges, readLightChanges } from '../../../db/journal/read-changes.ts';
import type { ChangesPage } from '../../../db/journal/read-changes.ts';
import { inOneTrip, inTenant } from '../../../db/tenant-transaction.ts';
import type { ApiWorld } from '../../world.ts';
import type { ChangesPart, Reading, Start } from './list-changes.route.ts';

export async function readStoredChanges(from: Start, reading: Reading, world: Pick<ApiWorld, 'pool' | 'cursors'>): Promise<ChangesPart | Refusal> {
  const { principal, scopeTag } = reading;
  const { tenantId } = principal;
  if (typeof from === 'object' && from.place === null) return refuse('CURSOR_INVALID');
  const afterSeq = from === 'head' ? Number.MAX_SAFE_INTEGER : from === 'beginning' ? 0 : (from.place?.seq ?? 0);
  const page = await readWithRights(reading, afterSeq, world);
  if (isRefusal(page)) return page;
  const { head, floor, epoch, rows, count, hasMore, lastRowSeq } = page;
  if (typeof from === 'object') {
    const cursorAt = (seq: number, acceptedFloor = 0) => world.cursors.make(tenantId, { epoch, seq, scopeTag, acceptedFloor });
    const refusal = judgeCursor(from.place, { epoch, head, floor, scopeTag, cursorAt });
    if (refusal !== null) return refusal;
  }
  // Whoever begins at the beginning takes the log as it is; the pages that follow are judged by what is pruned from then on.
  const acceptedFloor = from === 'beginning' ? floor : typeof from === 'object' ? (from.place?.acceptedFloor ?? 0) : 0;
  return { rows, count, hasMore, position: hasMore ? (lastRowSeq ?? head) : head, acceptedFloor, epoch };
}

async function readWithRights({ principal, shareId, limit }: Reading, afterSeq: number, { pool }: Pick<ApiWorld, 'pool'>): Promise<ChangesPage | Refusal> {
  const { tenantId } = principal;
  const query = { tenantId, afterSeq, limit, shareId };
  if (shareId === null && limit <= mostUnweighed && readsEverything(principal)) {
    const [shareIds, page] = await inOneTrip(pool, tenantId, (client) => Promise.all([readableShares(client, principal), readLightChanges(client, { ...query, shareIds: null })]));
    if (shareIds === null && page !== 'heavy') return page ?? refuse('TENANT_UNKNOWN');
  }
  return inTenant(pool, tenantId, async (client) => {
    const shareIds = shareId === null ? await readableShares(client, principal) : [shareId];
    if (shareId !== null && !(await mayReadShare(client, principal, shareId))) return refuse('NOT_FOUND');
    return (await readChanges(client, { ...query, shareIds })) ?? refuse('TENANT_UNKNOWN');
  });
}
