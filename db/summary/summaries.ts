// The rows of summaries: asked for once however many readers ask, answered or given up by the workflow, and over when their time is.
import type { TextProblem } from '../../domain/summary/check-text.ts';
import type { SummaryInput } from '../../domain/summary/summary-input.ts';
import type { Pool } from '../pool.ts';
import { inTenant, queryAs } from '../tenant-transaction.ts';

export interface SummaryRef {
  readonly tenantId: string;
  /** The key of what it is made from. */
  readonly id: string;
}

export type SummaryStanding = { readonly state: 'asked' | 'failed' } | { readonly state: 'answered'; readonly text: string };

/** So many of a tenant's may wait for the model. */
export const mostAsked = 20;

/** As it stands for whoever asks; `failed` also for what is not asked because too many are. */
export function askForSummary(pool: Pool, { tenantId, id }: SummaryRef, input: SummaryInput): Promise<SummaryStanding> {
  return inTenant(pool, tenantId, async (client) => {
    const { rows } = await client.query<StandingRow>(findSummary({ tenantId, id }));
    const [found] = rows;
    if (found !== undefined) return standing(found);
    const { rows: added } = await client.query({
      name: 'ask-for-summary',
      text: `INSERT INTO event_summary AS s (tenant_id, id, state, input, expires_at)
        SELECT $1, $2, 'asked', $3::jsonb, now() + interval '${waits}'
        WHERE (SELECT count(*) FROM event_summary o WHERE o.tenant_id = $1 AND o.state = 'asked' AND o.expires_at > now()) < $4
        ON CONFLICT (tenant_id, id) DO UPDATE SET state = 'asked', input = excluded.input, text = NULL, problems = '{}', expires_at = excluded.expires_at
          WHERE s.expires_at <= now()
        RETURNING id`,
      values: [tenantId, id, JSON.stringify(input), mostAsked],
    });
    if (added.length > 0) return { state: 'asked' };
    // Somebody else asked at the same time, or there are too many.
    const { rows: other } = await client.query<StandingRow>(findSummary({ tenantId, id }));
    return other[0] === undefined ? { state: 'failed' } : standing(other[0]);
  });
}

export async function readSummary(pool: Pool, { tenantId, id }: SummaryRef): Promise<SummaryStanding> {
  const [found] = await queryAs<StandingRow>(pool, tenantId, findSummary({ tenantId, id }));
  return found === undefined ? { state: 'failed' } : standing(found);
}

export interface AskedSummary {
  readonly input: SummaryInput;
  /** Of the text before, if there was one. */
  readonly problems: readonly TextProblem[];
}

/** Null when it has ended, or its time is over. */
export async function readAsked(pool: Pool, { tenantId, id }: SummaryRef): Promise<AskedSummary | null> {
  const [row] = await queryAs<AskedSummary>(pool, tenantId, {
    name: 'asked-summary',
    text: `SELECT s.input, s.problems FROM event_summary s WHERE s.tenant_id = $1 AND s.id = $2 AND s.state = 'asked' AND s.expires_at > now()`,
    values: [tenantId, id],
  });
  return row ?? null;
}

/** What ended first counts; the entries' facts are needed no longer. */
export async function answerSummary(pool: Pool, { tenantId, id }: SummaryRef, text: string): Promise<void> {
  await queryAs(pool, tenantId, {
    name: 'answer-summary',
    text: `UPDATE event_summary SET state = 'answered', text = $3, input = NULL, expires_at = now() + interval '${keeps}' WHERE tenant_id = $1 AND id = $2 AND state = 'asked'`,
    values: [tenantId, id, text],
  });
}

export async function noteProblems(pool: Pool, { tenantId, id }: SummaryRef, problems: readonly TextProblem[]): Promise<void> {
  await queryAs(pool, tenantId, {
    name: 'summary-problems',
    text: `UPDATE event_summary SET problems = $3 WHERE tenant_id = $1 AND id = $2 AND state = 'asked'`,
    values: [tenantId, id, problems],
  });
}

/** For a while the same question is not asked again: whoever lied twice is not asked by every click. */
export async function giveUpSummary(pool: Pool, { tenantId, id }: SummaryRef): Promise<void> {
  await queryAs(pool, tenantId, {
    name: 'give-up-summary',
    text: `UPDATE event_summary SET state = 'failed', input = NULL, expires_at = now() + interval '${spares}' WHERE tenant_id = $1 AND id = $2 AND state = 'asked'`,
    values: [tenantId, id],
  });
}

/** Over all tenants; answers how many. */
export async function clearExpired(pool: Pool, { atMost }: { readonly atMost: number }): Promise<number> {
  const { rows } = await pool.query<{ cleared: number }>('SELECT clear_expired_summaries($1) AS cleared', [atMost]);
  return rows[0]?.cleared ?? 0;
}

/** One that nobody carries any more is asked for again after this. */
const waits = '5 minutes';
const keeps = '1 hour';
const spares = '1 minute';

interface StandingRow {
  readonly state: SummaryStanding['state'];
  readonly text: string | null;
}

function findSummary({ tenantId, id }: SummaryRef) {
  return {
    name: 'find-summary',
    text: `SELECT s.state, s.text FROM event_summary s WHERE s.tenant_id = $1 AND s.id = $2 AND s.expires_at > now()`,
    values: [tenantId, id],
  };
}

function standing({ state, text }: StandingRow): SummaryStanding {
  return state === 'answered' ? { state, text: text ?? '' } : { state };
}
