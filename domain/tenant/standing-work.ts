// The work every tenant has from its first day, done again and again by schedule until somebody says otherwise.
export interface StandingWork {
  readonly kind: string;
  /** In UTC. */
  readonly cron: string;
}

export const standingWork: readonly StandingWork[] = [{ kind: 'checkpoint', cron: '*/15 * * * *' }];
