// Whether Temporal is there, and how much work waits while it is not.
import { openJobsAfter, beforeAllJobs } from '../../../db/job/open-jobs.ts';
import type { Pool } from '../../../db/pool.ts';
import { jobKinds } from '../../../domain/job/kinds.ts';
import type { DependencyProbe } from '../../ops/dependencies.ts';
import type { JobStarter } from './job-starter.ts';

const mostCounted = 1_000;

export function temporalProbe({ starter, pool }: { readonly starter: Pick<JobStarter, 'check'>; readonly pool: Pool }): DependencyProbe {
  return {
    name: 'temporal',
    required: false,
    waiting: [...jobKinds, 'lockout', 'summary'],
    async check() {
      // Counted meanwhile: the check may take as long as the whole probe has.
      const open = openJobsAfter(pool, { after: beforeAllJobs, limit: mostCounted }).then(
        (jobs) => `open jobs: ${jobs.length < mostCounted ? '' : 'at least '}${String(jobs.length)}`,
        () => 'how many jobs are open is not known',
      );
      try {
        await starter.check();
      } catch (error) {
        throw new Error(`${await open}; ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      }
    },
  };
}
