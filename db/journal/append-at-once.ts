// A batch of calls without keys into one log in a single round trip: nothing of it must be looked up, so the database can do all of it.
import { decideAppend } from '../../domain/journal/append-decision.ts';
import type { AppendCall, AppendDecision } from '../../domain/journal/append-decision.ts';
import type { BatchMoments, BatchResult } from './append-batch.ts';
import { isMissingPartition } from './partitions.ts';
import type { SharedConnections } from './shared-connections.ts';

export interface AtOnce {
  readonly connections: SharedConnections;
  readonly tenantId: string;
  readonly calls: readonly AppendCall[];
  readonly onSent: BatchMoments['onSent'];
}

/** Null when nothing was written, because it takes more than that: keys, a user who was suspended, a log or a month that is not there. */
export async function appendAtOnce({ connections, tenantId, calls, onSent }: AtOnce): Promise<BatchResult | null> {
  if (calls.some(hasKey)) return null;
  const { created } = decideFrom(0, calls);
  if (created.length === 0) return null;
  const beforeSeq = await connections
    .use(tenantId, async (client) => {
      // A statement alone is a transaction of its own, and is answered when that has committed.
      const answer = client.query<AnswerRow>({
        name: 'append-entries',
        text: 'SELECT append_entries($1, $2, $3, $4) AS before_seq',
        values: [tenantId, [...new Set(calls.map(({ userId }) => userId))], Buffer.concat(created.map(({ content }) => content)), `[${created.map(({ openRow }) => `${openRow}}`).join(',')}]`],
      });
      onSent();
      return (await answer).rows[0]?.before_seq ?? null;
    })
    .catch((error: unknown) => {
      if (isMissingPartition(error)) return null;
      throw error;
    });
  if (beforeSeq === null) return null;
  const lastSeq = Number(beforeSeq);
  // Without keys a decision depends on nothing in the log but the number it goes on from.
  return { outcomes: decideFrom(lastSeq, calls).outcomes, lastSeq: lastSeq + created.length };
}

interface AnswerRow {
  readonly before_seq: string | null;
}

function decideFrom(lastSeq: number, calls: readonly AppendCall[]): AppendDecision {
  return decideAppend({ calls, lastSeq, storedKeys: new Map(), inactiveUsers: new Set() });
}

function hasKey({ callKey, items }: AppendCall): boolean {
  return callKey !== null || items.some((item) => item.kind === 'entry' && item.key !== null);
}
