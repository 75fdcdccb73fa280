// What came of one time of a policy's schedule.

/** As the job of that time shows it. */
export type DueOutcome =
  | { readonly outcome: 'started'; readonly run_id: string; readonly planned: number }
  /** Nothing is old enough, or all that is is kept. */
  | { readonly outcome: 'nothing_due'; readonly held: number; readonly kept_by_minimum: number }
  /** An earlier run of the policy has not ended, or waits for somebody: this time is passed over. */
  | { readonly outcome: 'run_under_way'; readonly run_id: string }
  | { readonly outcome: 'policy_not_in_force' }
  /** Such a run is not taken: the reason says why. */
  | { readonly outcome: 'refused'; readonly reason: string };
