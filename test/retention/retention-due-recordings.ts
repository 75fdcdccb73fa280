// The story of the workflow that a policy's schedule starts.
import { createPolicy } from '../../db/retention/write-policy.ts';
import { policyWish } from '../../domain/retention/policy.schema.ts';
import { playSchedule } from '../job/recording.ts';
import type { Recording } from '../job/recording.ts';
import { granted, officerOf } from '../legal-hold/officers.ts';
import { appendFacts } from './made-run.ts';

const tenantId = 'demo';

export const retentionDueRecordings: readonly Recording[] = [
  {
    name: 'retention-due.started',
    async play(here) {
      const { store, world: { clock, ids } } = here;
      await appendFacts(store, { tenantId, ids, facts: [{}, {}, {}] });
      const world = { effects: store.effects, pool: store.pool, clock, ids };
      const policy = granted(await createPolicy(world, officerOf(tenantId), policyWish.parse({ name: 'Recorded', retention_days: 30 })));
      await here.rounds()();
      return playSchedule(here, `holdfast:retention_due:${tenantId}:${policy.id}`);
    },
  },
];
