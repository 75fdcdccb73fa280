// The long-poll: holds an empty page back until the tail brings something this reader may see.
import { isRefusal, refuse } from '../../../domain/shared/refusal.ts';
import type { Refusal } from '../../../domain/shared/refusal.ts';
import { openNotice } from '../../../db/journal/tail-notice.ts';
import type { TailLog } from '../../../db/journal/tail-log.ts';
import type { ApiWorld } from '../../world.ts';
import type { ChangesPart, Reading } from './list-changes.route.ts';
import { readStoredChanges } from './read-stored-changes.ts';

export interface Waiting {
  readonly afterSeq: number;
  readonly log: TailLog;
  readonly reading: Reading;
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

/** Costs a timer and a subscription while nothing happens. Rights are looked at anew before anything is shown. */
export async function waitForChanges({ afterSeq, log, reading, waitMs, signal }: Waiting, world: ApiWorld): Promise<ChangesPart | Refusal> {
  const { epoch } = log;
  const expiresMs = reading.principal.expiresAtSeconds * 1000;
  const deadlineMs = Math.min(world.clock.nowMs() + waitMs, expiresMs);
  const notice = openNotice(log);
  try {
    let position = afterSeq;
    for (;;) {
      if (log.epoch !== epoch) return refuse('CURSOR_EXPIRED');
      const part = await readNews(position, { log, reading }, world);
      if (isRefusal(part) || part.count > 0) return part;
      position = part.position;
      const timeoutMs = deadlineMs - world.clock.nowMs();
      if (timeoutMs <= 0 || signal.aborted) return deadlineMs < expiresMs ? part : refuse('AUTH_TOKEN_EXPIRED');
      await notice.next({ timeoutMs, signal });
      if (world.clock.nowMs() >= expiresMs) return refuse('AUTH_TOKEN_EXPIRED');
      // Whoever was sent away meanwhile, or whose session was revoked, gets nothing that is newer.
      const sentAway = await world.access.admit(reading.principal);
      if (sentAway !== undefined) return sentAway;
    }
  } finally {
    notice.close();
  }
}

async function readNews(afterSeq: number, { log, reading }: Pick<Waiting, 'log' | 'reading'>, world: ApiWorld): Promise<ChangesPart | Refusal> {
  const { principal, shareId, limit, scopeTag } = reading;
  const { position, epoch } = log;
  const entries = log.after(afterSeq);
  // Too much has come since, or was forgotten: the database has it.
  if (entries === null) return readStoredChanges({ place: { epoch, seq: afterSeq, scopeTag } }, reading, world);
  if (shareId !== null && !(await world.rights.mayReadShare(principal, shareId))) return refuse('NOT_FOUND');
  const changes = entries.filter(({ change, shareId: share }) => change !== null && (shareId === null || share === shareId));
  if (changes.length === 0) return { rows: '', count: 0, hasMore: false, position: Math.max(position, afterSeq), acceptedFloor: 0, epoch };
  const readable = shareId === null ? await world.rights.readableShares(principal) : null;
  const visible = readable === null ? changes : changes.filter(({ shareId: share }) => share !== null && readable.has(share));
  const shown = visible.slice(0, limit);
  const hasMore = visible.length > shown.length;
  return {
    rows: shown.map(({ change }) => change).join(','),
    count: shown.length,
    hasMore,
    position: hasMore ? (shown.at(-1)?.seq ?? position) : Math.max(position, afterSeq),
    acceptedFloor: 0,
    epoch,
  };
}
