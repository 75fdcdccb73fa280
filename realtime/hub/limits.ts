// The bounds of the live doors: what one connection may hold, ask and cost.
export interface LiveLimits {
  /** Beyond either, a connection is told that it lags and goes on from the log when it has caught up. */
  readonly budgetBytes: number;
  readonly budgetFrames: number;
  /** Beyond it, the connection is closed. */
  readonly closeBytes: number;
  /** A connection over its budget that takes nothing for so long is closed. */
  readonly stalledMs: number;
  readonly pingMs: number;
  /** Each connection is looked at so often. */
  readonly sweepMs: number;
  /** How often a connection that lags is looked at. */
  readonly drainLookMs: number;
  /** How many read the database at once for one process: thousands may come back in the same second. */
  readonly readersAtOnce: number;
  readonly pageEntries: number;
  /** So long at a time those who catch up are told what they missed, before anything else has its turn. */
  readonly replayTurnMs: number;
  /** Rooms of one connection. */
  readonly subscriptions: number;
  /** Of them audit rooms: each looks at every entry of the tenant. */
  readonly auditRooms: number;
  /** At this process. */
  readonly connectionsPerUser: number;
  readonly connectionsPerTenant: number;
}

export const liveLimits: LiveLimits = {
  budgetBytes: 1024 * 1024,
  budgetFrames: 1_000,
  closeBytes: 4 * 1024 * 1024,
  stalledMs: 30_000,
  pingMs: 30_000,
  sweepMs: 500,
  drainLookMs: 20,
  readersAtOnce: 5,
  pageEntries: 250,
  replayTurnMs: 5,
  subscriptions: 1_000,
  auditRooms: 20,
  connectionsPerUser: 100,
  connectionsPerTenant: 20_000,
};
