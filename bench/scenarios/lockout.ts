// Lockout decisions over HTTP: beside a bare route with the same statements, and beside the same decision by Temporal's update-with-start.
import { createHash } from 'node:crypto';
import { WithStartWorkflowOperation } from '@temporalio/client';
import { Pool } from 'undici';
import { decideByUpdate, decideUpdate } from '../floors/bare-workflows.ts';
import type { BenchInstallation } from '../installation.ts';
import { sendLoad } from '../load.ts';
import type { Comparison } from '../measure.ts';
import { startBenchTemporal } from '../temporal.ts';

type Made = Promise<{ comparison: Comparison; end: () => Promise<void> }>;

const clients = 64;
const requests = 2_000;
const burst = 100;
const allowedOfBurst = 5;

/** Each for another pair: as a day of sign-ins is. */
export async function lockoutDecisions(installation: BenchInstallation): Made {
  const { apiUrl, token } = installation;
  const floorUrl = await installation.startFloor('bench/floors/lockout-statement.ts');
  let next = 0;
  const post = (url: string, path: string, headers: Record<string, string>, bodyOf: (index: number) => object) => async () => {
    const first = next;
    next += requests;
    const request = (index: number) => ({ method: 'POST' as const, path, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(bodyOf(first + index)) });
    await sendLoad({ url, clients, requests, status: 200, request });
    return requests;
  };
  const comparison: Comparison = {
    name: 'lockout-decisions',
    unit: 'decisions',
    oursIs: `POST /api/v1/auth/attempts, another pair each, ${String(clients)} clients; the limiter off`,
    floorIs: 'a bare Express route that runs the same statements in one transaction under row security',
    target: 0.5,
    ours: { round: post(apiUrl, '/api/v1/auth/attempts', { authorization: `Bearer ${token}` }, pairAt) },
    floor: { round: post(floorUrl, '/', {}, (index) => ({ ...pairAt(index), id: createHash('md5').update(String(index)).digest('hex') })) },
  };
  return { comparison, end: () => Promise.resolve() };
}

/** A hundred attempts at once on one pair, of which exactly five may pass. */
export async function lockoutOnePair({ apiUrl, token }: BenchInstallation): Made {
  const temporal = await startBenchTemporal();
  const pool = new Pool(apiUrl, { connections: burst, pipelining: 1 });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  let next = 0;
  const attempts = (index: number): Promise<boolean>[] =>
    Array.from({ length: burst }, async () => {
      const answer = await pool.request({ method: 'POST', path: '/api/v1/auth/attempts', headers, body: JSON.stringify(pairAt(index)) });
      await answer.body.dump();
      return answer.statusCode === 200;
    });
  const updates = (): Promise<boolean>[] => {
    const workflowId = temporal.newId();
    return Array.from({ length: burst }, () => {
      const startWorkflowOperation = new WithStartWorkflowOperation(decideByUpdate, { workflowId, taskQueue: temporal.taskQueue, args: [burst], workflowIdConflictPolicy: 'USE_EXISTING' });
      return temporal.client.workflow.executeUpdateWithStart(decideUpdate, { startWorkflowOperation });
    });
  };
  const exactly = async (answers: readonly Promise<boolean>[]): Promise<number> => {
    const allowed = (await Promise.all(answers)).filter((passed) => passed).length;
    if (allowed !== allowedOfBurst) throw new Error(`${String(allowed)} attempts passed instead of ${String(allowedOfBurst)}`);
    return burst;
  };
  const comparison: Comparison = {
    name: 'lockout-one-pair',
    unit: 'decisions',
    oursIs: `${String(burst)} times POST /api/v1/auth/attempts at once on one pair; exactly ${String(allowedOfBurst)} pass`,
    floorIs: `the same decided by update-with-start of one workflow, ${String(burst)} at once`,
    target: null,
    ours: { round: () => exactly(attempts((next += 1))) },
    floor: { round: () => exactly(updates()) },
  };
  return {
    comparison,
    async end() {
      await pool.close();
      await temporal.stop();
    },
  };
}

function pairAt(index: number): { account: string; ip_address: string } {
  return { account: `user${String(index)}@example.com`, ip_address: `10.${String((index >> 16) & 255)}.${String((index >> 8) & 255)}.${String(index & 255)}` };
}
