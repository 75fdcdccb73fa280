// The stories of the workflow that counts behind the gate.
import { pino } from 'pino';
import { tellOnce } from '../../activities/lockout/signaller.ts';
import { startWorker } from '../../activities/start-worker.ts';
import { createLockoutTeller } from '../../bin/root/lockout-teller.ts';
import { reportAttempt, reserveAttempt } from '../../db/lockout/gate.ts';
import { createPlainEffects } from '../../db/plain-effect.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import { lockoutTaskQueue, lockoutWorkflowId } from '../../workflows/lockout/lockout.messages.ts';
import { testServers } from '../harness/published-servers.ts';
import type { JobInstallation } from '../job/job-installation.ts';
import type { Recording } from '../job/recording.ts';

export const lockoutRecordings: readonly Recording[] = [
  {
    name: 'lockout.ended-by-timer',
    async play(here) {
      const pairId = await failOften(here, 5);
      await here.sql(`UPDATE lockout_pair SET state = jsonb_set(state, '{lockedUntil}', to_jsonb((extract(epoch FROM clock_timestamp()) * 1000000)::bigint + 3000000)) WHERE id = $1`, [pairId]);
      return tellAndEnd(here, pairId);
    },
  },
  {
    name: 'lockout.window-ran-out',
    async play(here) {
      const pairId = await failOften(here, 2);
      await here.sql(
        `UPDATE lockout_pair SET state = jsonb_set(state, '{failures}', (SELECT jsonb_agg((extract(epoch FROM clock_timestamp()) * 1000000)::bigint - 898000000) FROM jsonb_array_elements(state->'failures'))) WHERE id = $1`,
        [pairId],
      );
      return tellAndEnd(here, pairId);
    },
  },
  {
    name: 'lockout.unreported-closed',
    async play(here) {
      await here.sql(`INSERT INTO tenant_settings (tenant_id, settings) VALUES ('demo', '{"lockout_window_minutes": 1}')`);
      const pairId = await failOften(here, 1);
      await reserveAttempt(gateOf(here), asking, pairOfAll);
      // Open for 57 seconds, and failed as long ago: when it lapses nothing is left within the window.
      await here.sql(
        `UPDATE lockout_pair SET opened_at = opened_at - interval '57 seconds', recent = '[]', state = state
            || jsonb_build_object('open', (SELECT jsonb_agg(o || jsonb_build_object('at', (o->>'at')::bigint - 57000000)) FROM jsonb_array_elements(state->'open') o))
            || jsonb_build_object('failures', (SELECT jsonb_agg(f::text::bigint - 57000000) FROM jsonb_array_elements(state->'failures') f))
          WHERE id = $1`,
        [pairId],
      );
      return tellAndEnd(here, pairId);
    },
  },
];

const asking = { tenantId: 'demo', actor: null, requestId: null };
const pairOfAll = { account: 'ann@example.com', address: '203.0.113.7' };
const gateOf = ({ world }: JobInstallation) => ({ ids: world.ids, write: createPlainEffects({ pool: world.pool }).run });

async function failOften(here: JobInstallation, times: number): Promise<string> {
  const gate = gateOf(here);
  let pairId = '';
  for (let count = 0; count < times; count += 1) {
    const reserved = await reserveAttempt(gate, asking, pairOfAll);
    if (isRefusal(reserved)) throw new Error(reserved.message);
    pairId = reserved.attemptId.slice(0, 32);
    await reportAttempt(gate, asking, { attemptId: reserved.attemptId, outcome: 'failure' });
  }
  return pairId;
}

async function tellAndEnd(here: JobInstallation, pairId: string): Promise<string> {
  const teller = createLockoutTeller({ address: here.address, namespace: here.namespace });
  const worker = await startWorker({
    temporalAddress: here.address,
    namespace: here.namespace,
    world: here.world,
    log: pino({ level: 'silent' }),
    bundle: { codePath: testServers().workflowBundle },
    taskQueue: lockoutTaskQueue,
    graceMs: 500,
  });
  try {
    await here.sql('UPDATE lockout_signal_budget SET tokens = 10');
    await tellOnce({ pool: here.world.pool, tellLockout: teller.tellLockout }, { pairsPerSecond: 20 });
    const workflowId = lockoutWorkflowId({ tenantId: 'demo', pairId });
    await here.temporal.workflow.getHandle(workflowId).result();
    return workflowId;
  } finally {
    await worker.stop();
    await teller.close();
  }
}
