// The journal as its users see it: entries are prepared, submitted, and answered when they are kept.
import { randomFillSync } from 'node:crypto';
import type { AppendCall, AppendReceipt } from '../../domain/journal/append-decision.ts';
import { saltLength } from '../../domain/journal/chain.ts';
import type { EntryFacts } from '../../domain/journal/entry.ts';
import { prepareEntry } from '../../domain/journal/prepared-entry.ts';
import type { PreparedEntry } from '../../domain/journal/prepared-entry.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import type { Pool } from '../pool.ts';
import { appendAtOnce } from './append-at-once.ts';
import { appendBatch } from './append-batch.ts';
import { createBatcher } from './batcher.ts';
import type { BatcherOptions } from './batcher.ts';
import type { NewsWish } from './read-news.ts';
import { sha256 } from './sha256.ts';
import { createSharedConnections } from './shared-connections.ts';
import type { Appended } from './tail-log.ts';

export interface Journal {
  /** Salts, hashes and writes down an entry; the costly part of an append, done before the log is locked. */
  prepare(facts: EntryFacts): PreparedEntry;
  submit(tenantId: string, call: AppendCall): Promise<AppendReceipt | Refusal>;
  /** Answers what was taken in, then refuses. */
  close(): Promise<void>;
}

export interface JournalOptions extends Pick<BatcherOptions, 'batchEntries' | 'unansweredEntries' | 'unansweredBytes'> {
  readonly pool: Pool;
  readonly onAppended: (appended: Appended) => void;
  /** What is to be read together with what is written, for those who follow the log in this process. */
  readonly newsWish?: (tenantId: string) => NewsWish | null;
}

export function createJournal({ pool, onAppended, newsWish = () => null, ...bounds }: JournalOptions): Journal {
  const nextSalt = createSalts();
  const connections = createSharedConnections(pool);
  const batcher = createBatcher({
    append: async (tenantId, calls, moments) => {
      const wish = newsWish(tenantId);
      return (await appendAtOnce({ connections, tenantId, calls, onSent: moments.onSent, wish })) ?? appendBatch(pool, tenantId, calls, { moments, wish });
    },
    // What producers send never changes rights: those travel in entries of our own.
    onAppended: (tenantId, { lastSeq, page = null }) => {
      onAppended({ tenantId, lastSeq, page, touchesRights: false });
    },
    overlappedTenants: Math.floor(pool.options.max / 4),
    ...bounds,
  });
  return {
    prepare: (facts) => prepareEntry({ facts, salt: nextSalt(), sha256 }),
    submit: (tenantId, call) => batcher.submit(tenantId, call),
    close: () => batcher.close(),
  };
}

/** Random bytes are asked for many salts at a time: the system call costs more than the bytes. */
function createSalts(): () => Uint8Array {
  const store = new Uint8Array(saltLength * 256);
  let used = store.length;
  return () => {
    if (used === store.length) {
      randomFillSync(store);
      used = 0;
    }
    const salt = store.slice(used, used + saltLength);
    used += saltLength;
    return salt;
  };
}
