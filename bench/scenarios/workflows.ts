// What Temporal takes on this machine: workflows a second, and the round trip of an update beside that of the gate's decision.
import { Pool } from 'undici';
import { decideByUpdate, decideUpdate, empty, withActivity } from '../floors/bare-workflows.ts';
import type { BenchInstallation } from '../installation.ts';
import type { Comparison } from '../measure.ts';
import { startBenchTemporal } from '../temporal.ts';

type Made = Promise<{ comparison: Comparison; end: () => Promise<void> }>;

const atOnce = 16;
const workflows = 160;
const roundTrips = 100;

export async function workflowsPerSecond(): Made {
  const temporal = await startBenchTemporal();
  const carry = (workflow: typeof empty) => async () => {
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < workflows) {
        next += 1;
        await temporal.client.workflow.execute(workflow, { workflowId: temporal.newId(), taskQueue: temporal.taskQueue });
      }
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
    return workflows;
  };
  const comparison: Comparison = {
    name: 'workflows',
    unit: 'workflows',
    oursIs: `workflows with one activity, ${String(atOnce)} at once`,
    floorIs: `empty workflows, ${String(atOnce)} at once`,
    target: null,
    ours: { round: carry(withActivity) },
    floor: { round: carry(empty) },
  };
  return { comparison, end: () => temporal.stop() };
}

export async function updateRoundTrip({ apiUrl, token }: BenchInstallation): Made {
  const temporal = await startBenchTemporal();
  const pool = new Pool(apiUrl, { connections: 1, pipelining: 1 });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  let next = 0;
  const comparison: Comparison = {
    name: 'update-round-trip',
    unit: 'decisions',
    oursIs: 'POST /api/v1/auth/attempts, one after the other',
    floorIs: 'an update of a workflow that runs and is cached, one after the other',
    target: null,
    ours: {
      async round() {
        for (let count = 0; count < roundTrips; count += 1) {
          next += 1;
          const answer = await pool.request({ method: 'POST', path: '/api/v1/auth/attempts', headers, body: JSON.stringify({ account: `one${String(next)}@example.com`, ip_address: '192.0.2.1' }) });
          if (answer.statusCode !== 200) throw new Error(`expected 200, got ${String(answer.statusCode)}`);
          await answer.body.dump();
        }
        return roundTrips;
      },
    },
    floor: {
      async round() {
        const handle = await temporal.client.workflow.start(decideByUpdate, { workflowId: temporal.newId(), taskQueue: temporal.taskQueue, args: [roundTrips] });
        for (let count = 0; count < roundTrips; count += 1) await handle.executeUpdate(decideUpdate);
        await handle.result();
        return roundTrips;
      },
    },
  };
  return {
    comparison,
    async end() {
      await pool.close();
      await temporal.stop();
    },
  };
}
