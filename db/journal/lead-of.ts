// What the index of texts is asked for of a pattern: the words that narrow a search, without those that stand in most entries anyway.
import type { Client } from '../pool.ts';

export interface LeadAsked {
  readonly tenantId: string;
  /** Of LIKE: a text between two percent signs. */
  readonly pattern: string;
  /** Between which instants the entries were recorded that the search comes to next. */
  readonly from: string;
  readonly to: string;
}

/**
 * Short of three characters the index knows nothing of a word; by the character before it, it knows that the word begins there.
 * What LIKE reads in its own way is left out: a part taken from a pattern means itself.
 */
const words = /[^\p{L}\p{N}\\%_]?[\p{L}\p{N}]{3,}/gu;

/**
 * A pattern that every text fits which fits the given one. Of each word the index walks through the entries that hold its letters: what stands in
 * every entry costs the most there and finds nothing. Which words those are, the newest entries show.
 */
export async function leadOf(client: Client, { tenantId, pattern, from, to }: LeadAsked): Promise<string> {
  const parts = pattern.slice(1, -1).match(words) ?? [];
  if (parts.length < 2) return pattern;
  const { rows } = await client.query<{ place: number }>({
    text: `WITH seen AS MATERIALIZED (
        SELECT e.search_text FROM entry e WHERE e.tenant_id = $1 AND e.recorded_at >= $2::timestamptz AND e.recorded_at < $3::timestamptz ORDER BY e.event_time DESC, e.seq DESC LIMIT ${String(looked)}
      )
      SELECT p.place::int AS place FROM unnest($4::text[]) WITH ORDINALITY AS p (part, place)
      WHERE (SELECT count(*) FILTER (WHERE s.search_text LIKE p.part) * 2 < count(*) FROM seen s) ORDER BY p.place`,
    values: [tenantId, from, to, parts.map((part) => `%${part}%`)],
  });
  if (rows.length === 0 || rows.length === parts.length) return pattern;
  return `%${rows.map(({ place }) => parts[place - 1] ?? '').join('%')}%`;
}

/** Entries may be of 64 KiB, so that more of them would take longer than they save. */
const looked = 24;
