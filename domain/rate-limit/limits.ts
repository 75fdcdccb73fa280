// The limits of every door, as data: who is counted, how much passes in which time, and what happens when nobody can count.
export type LimitName = 'requests' | 'search' | 'polling' | 'sign-in';

/** Who is counted: one session's tokens, one user of a tenant, or all of the tenant together. */
export type Dimension = 'token' | 'user' | 'tenant';

export interface LimitWindow {
  readonly points: number;
  readonly seconds: number;
}

export interface LimitLayer {
  readonly dimension: Dimension;
  /** The narrowest first. */
  readonly windows: readonly LimitWindow[];
}

export interface Limit {
  /** Counted in this order: what one refuses does not count against those after it. */
  readonly layers: readonly LimitLayer[];
  /** When the counts cannot be read: reading goes on, guessing passwords does not. */
  readonly uncounted: 'pass' | 'refuse';
}

export type LimitTable = Readonly<Record<LimitName, Limit>>;

const minute = 60;

export const limits: LimitTable = {
  requests: {
    layers: [
      { dimension: 'token', windows: [{ points: 1_000, seconds: minute }] },
      { dimension: 'user', windows: [{ points: 5_000, seconds: minute }] },
      { dimension: 'tenant', windows: [{ points: 50_000, seconds: minute }] },
    ],
    uncounted: 'pass',
  },
  /** Searching and summarising /current together. */
  search: {
    layers: [
      {
        dimension: 'user',
        windows: [
          { points: 5, seconds: 3 },
          { points: 15, seconds: 30 },
          { points: 120, seconds: 10 * minute },
        ],
      },
    ],
    uncounted: 'pass',
  },
  polling: {
    layers: [
      {
        dimension: 'user',
        windows: [
          { points: 200, seconds: minute },
          { points: 1_000, seconds: 60 * minute },
        ],
      },
    ],
    uncounted: 'pass',
  },
  /** Asked by the systems that check passwords, one service for all its users: no narrower than the tenant. */
  'sign-in': {
    layers: [{ dimension: 'tenant', windows: [{ points: 50_000, seconds: minute }] }],
    uncounted: 'refuse',
  },
};

/** What a request costs of the limit `requests`. */
export const costs = { read: 1, list: 2, write: 2, download: 5, search: 10 } as const;
