// The row of one pair: locked, read and written inside a transaction. The row is the truth about the pair.
import { nextChangeAt, untouched } from '../../domain/lockout/pair-state.ts';
import type { LockoutRules, PairEvent, PairState } from '../../domain/lockout/pair-state.ts';
import type { Pair } from '../../domain/lockout/pair-name.ts';
import type { Micros } from '../../domain/shared/instant.ts';
import type { Settings } from '../../domain/settings/settings.ts';
import type { Ask } from '../access/ask.ts';
import { nowSql, readNow } from '../journal/lock-head.ts';
import type { NowRow } from '../journal/lock-head.ts';
import { readSettings } from '../settings/read-settings.ts';

export interface RecentEvent {
  readonly version: number;
  readonly event: PairEvent;
}

export interface LockedPair {
  readonly tenantId: string;
  readonly pair: Pair;
  readonly version: number;
  readonly state: PairState;
  readonly recent: readonly RecentEvent[];
  readonly lastFailureAt: Micros | null;
  readonly rules: LockoutRules;
  readonly settings: Settings;
  /** The database's clock, read after the lock was waited for. */
  readonly now: Micros;
}

interface PairRow {
  readonly account: string;
  readonly address: string;
  readonly version: string;
  readonly state: PairState;
  readonly recent: readonly RecentEvent[];
  readonly last_failure_at: string | null;
}

/** What is told to a workflow that missed something; one that missed more starts from the state. */
const recentKept = 40;
/** How long an address that failed counts among those that tried the account, and so how long its row is kept. */
export const watchMicros: Micros = 3_600_000_000;

/** Makes the row when it is not there, in the round trip that locks it. */
export async function lockOrMakePair(ask: Ask, { tenantId, pair }: { tenantId: string; pair: Pair }): Promise<LockedPair> {
  const made = ask({
    name: 'make-lockout-pair',
    text: `INSERT INTO lockout_pair (tenant_id, id, account, address, state, due_at) VALUES ($1, $2, $3, $4, $5, now()) ON CONFLICT (tenant_id, id) DO NOTHING`,
    values: [tenantId, pair.id, pair.account, pair.address, JSON.stringify(untouched)],
  });
  const [, locked] = await Promise.all([made, lockPair(ask, { tenantId, id: pair.id })]);
  // Between the two statements the sweeper may have written off a row that had nothing left to say.
  return locked ?? lockOrMakePair(ask, { tenantId, pair });
}

export async function lockPair(ask: Ask, { tenantId, id }: { tenantId: string; id: string }): Promise<LockedPair | null> {
  // Sent together and answered in order: the clock is read when the lock has been waited for.
  const [[row], [nowRow], settings] = await Promise.all([
    ask<PairRow>(lockQuestion({ tenantId, id })),
    ask<NowRow>({ name: 'now', text: nowSql, values: [] }),
    readSettings(ask, tenantId),
  ]);
  if (row === undefined) return null;
  return {
    tenantId,
    pair: { id, account: row.account, address: row.address },
    version: Number(row.version),
    state: row.state,
    recent: row.recent,
    lastFailureAt: row.last_failure_at === null ? null : Number(row.last_failure_at),
    rules: rulesOf(settings),
    settings,
    now: readNow(nowRow),
  };
}

/** A plan that was kept from when there were hardly any rows reads all of a tenant's when a flood has filled the table: these are planned each time. */
const plannedAnew = null;

function lockQuestion({ tenantId, id }: { tenantId: string; id: string }) {
  return {
    name: plannedAnew,
    text: `SELECT account, address, version, state, recent, CASE WHEN last_failure_at > '-infinity' THEN (extract(epoch FROM last_failure_at) * 1000000)::bigint END AS last_failure_at
      FROM lockout_pair WHERE tenant_id = $1 AND id = $2 FOR UPDATE`,
    values: [tenantId, id],
  };
}

/** Each event raises the version by one. */
export async function writePair(ask: Ask, locked: LockedPair, { state, events }: { state: PairState; events: readonly PairEvent[] }): Promise<{ readonly version: number }> {
  const version = locked.version + events.length;
  const recent = [...locked.recent, ...events.map((event, index) => ({ version: locked.version + index + 1, event }))].slice(-recentKept);
  const failedAt = events.flatMap((event) => (event.kind === 'failed' ? [event.at] : []));
  const lastFailureAt = Math.max(locked.lastFailureAt ?? 0, ...failedAt);
  const trip = events.findLast((event) => event.kind === 'locked');
  const dueAt = nextChangeAt(state, locked.rules) ?? Math.max(lastFailureAt + watchMicros, locked.now);
  await ask({
    name: plannedAnew,
    text: `UPDATE lockout_pair SET version = $3, state = $4, recent = $5, failures = $6,
        last_failure_at = coalesce(to_timestamp($7::bigint / 1000000.0), '-infinity'), locked_until = to_timestamp($8::bigint / 1000000.0),
        locked_at = CASE WHEN $8::bigint IS NULL THEN NULL ELSE coalesce(to_timestamp($9::bigint / 1000000.0), locked_at) END,
        attempts = CASE WHEN $8::bigint IS NULL THEN NULL ELSE coalesce($10, attempts) END, due_at = to_timestamp($11::bigint / 1000000.0),
        opened_at = to_timestamp($12::bigint / 1000000.0)
      WHERE tenant_id = $1 AND id = $2`,
    values: [
      locked.tenantId,
      locked.pair.id,
      version,
      JSON.stringify(state),
      JSON.stringify(recent),
      state.failures.length,
      lastFailureAt === 0 ? null : lastFailureAt,
      state.lockedUntil,
      trip === undefined ? null : locked.now,
      trip?.attempts ?? null,
      dueAt,
      state.open.at(-1)?.at ?? null,
    ],
  });
  return { version };
}

function rulesOf(settings: Settings): LockoutRules {
  return {
    maxAttempts: settings.lockout_max_attempts,
    windowMicros: settings.lockout_window_minutes * 60_000_000,
    lockMicros: settings.lockout_minutes * 60_000_000,
  };
}
