// One entry by its id: an id tells when it was made, so that most are found by looking into a month or two.
import { notHiddenSql } from '../access/hidden-sql.ts';
import { stillInViewSql } from '../access/view-sql.ts';
import type { Client } from '../pool.ts';

export interface EntryKey {
  readonly seq: number;
  readonly recordedAt: string;
}

/** Under any of the prefixes an id is shown with, or none. */
export function entryIdBody(id: string): string {
  return id.replace(/^(?:aud_|chg_|evt_)/, '');
}

/** Null when this tenant has no such entry, a quarantine hides it, or it has left the audit log. */
export async function findById(client: Client, { tenantId, id }: { readonly tenantId: string; readonly id: string }): Promise<EntryKey | null> {
  const madeMs = timeOfId(id);
  if (madeMs !== null) {
    const near = await ask(client, { tenantId, id, from: instant(madeMs - dayMs), to: instant(madeMs + dayMs) });
    if (near !== null) return near;
  }
  return ask(client, { tenantId, id, from: '-infinity', to: 'infinity' });
}

const dayMs = 86_400_000;
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

async function ask(client: Client, { tenantId, id, from, to }: { tenantId: string; id: string; from: string; to: string }): Promise<EntryKey | null> {
  const { rows } = await client.query<{ seq: string; recorded_at: string }>({
    text: `SELECT e.seq, e.recorded_at::text AS recorded_at FROM entry e
      WHERE e.tenant_id = $1 AND e.id = $2 AND e.recorded_at >= $3::timestamptz AND e.recorded_at < $4::timestamptz AND ${notHiddenSql} AND ${stillInViewSql('audit')}`,
    values: [tenantId, id, from, to],
  });
  const [row] = rows;
  return row === undefined ? null : { seq: Number(row.seq), recordedAt: row.recorded_at };
}

/** Null for what is no id of ours, or of a time that cannot be. */
function timeOfId(id: string): number | null {
  if (id.length !== 26) return null;
  let ms = 0;
  for (const character of id.slice(0, 10)) {
    const digit = alphabet.indexOf(character);
    if (digit === -1) return null;
    ms = ms * 32 + digit;
  }
  return ms < Date.UTC(2020, 0, 1) || ms > Date.UTC(2200, 0, 1) ? null : ms;
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
