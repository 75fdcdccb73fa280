// Two processes acknowledge neighbouring events at once: no bit is lost. Reading, changing and writing a block back loses some.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from '../../db/pool.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import { startTestApi } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { environmentFor, startApiProcess } from '../harness/processes.ts';
import type { ApiProcess } from '../harness/processes.ts';
import { feedTenant, workspace } from '../feed/feed-tenant.ts';

const events = 240;
const clientsPerProcess = 6;

let api: TestApi;
let processes: ApiProcess[];
beforeAll(async () => {
  api = await startTestApi();
  const environment = environmentFor({ ownerUrl: api.database.ownerUrl, appUrl: api.database.appUrl, temporalAddress: '127.0.0.1:1' });
  const env = { ...environment, HOLDFAST_RATE_LIMITS: 'off' };
  processes = await Promise.all([startApiProcess({ env }), startApiProcess({ env })]);
}, 60_000);
afterAll(async () => {
  await Promise.all(processes.map((one) => one.stop()));
  await api.end();
});

async function bitsOf(tenantId: string, userId: string): Promise<{ blocks: number; bits: number }> {
  const { rows } = await inTenant(api.world.pool, tenantId, (client) =>
    client.query<{ blocks: string; bits: string | null }>({
      text: 'SELECT count(*) AS blocks, sum(bit_count(bits)) AS bits FROM ack_block WHERE tenant_id = $1 AND user_id = $2',
      values: [tenantId, userId],
    }),
  );
  return { blocks: Number(rows[0]?.blocks), bits: Number(rows[0]?.bits ?? 0) };
}

async function inTurns(work: readonly (() => Promise<void>)[], workers: number): Promise<void> {
  const left = [...work];
  await Promise.all(
    Array.from({ length: workers }, async () => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) await next();
    }),
  );
}

describe('when two processes acknowledge events of one block at once', () => {
  it('then every bit is there, also of those that both acknowledge and of those acknowledged beside an un-ack', async () => {
    const tenant = await feedTenant(api);
    const ids = await tenant.tell(...Array.from({ length: events }, () => ({ event: 'comment_created', workspace_id: workspace, user_id: 'usr_owner' })));
    const token = await tenant.token('usr_member');
    const ask = (process: number, method: string, id: string) => async (): Promise<void> => {
      const { status } = await fetch(`${processes[process % 2]?.url ?? ''}/current/event/${id}/ack/`, { method, headers: { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(10_000) });
      if (status !== 200) throw new Error(`${method} ${id}: ${String(status)}`);
    };
    const [withdrawn = '', ...kept] = ids;
    await ask(0, 'POST', withdrawn)();
    const work = kept.flatMap((id, index) => [ask(index, 'POST', id), ...(index % 3 === 0 ? [ask(index + 1, 'POST', id)] : []), ...(index % 10 === 0 ? [ask(index, 'DELETE', withdrawn)] : [])]);
    await inTurns(work, 2 * clientsPerProcess);

    expect(await bitsOf(tenant.tenantId, 'usr_member')).toEqual({ blocks: 1, bits: kept.length });
  }, 30_000);

  it('then a block that is read, changed and written back without its lock loses bits: the control', async () => {
    const { tenantId } = await feedTenant(api);
    const inTurn = (work: (client: Client) => Promise<unknown>) => inTenant(api.world.pool, tenantId, work);
    await inTurn((client) => client.query({ text: `INSERT INTO ack_block VALUES ($1, 'usr_control', 0, repeat('0', 4096)::bit(4096))`, values: [tenantId] }));
    const work = Array.from({ length: events }, (_, bit) => async () => {
      const { rows } = await inTurn((client) => client.query({ text: `SELECT set_bit(bits, $2, 1)::text AS bits FROM ack_block WHERE tenant_id = $1 AND user_id = 'usr_control'`, values: [tenantId, bit] })) as { rows: { bits: string }[] };
      await inTurn((client) => client.query({ text: `UPDATE ack_block SET bits = $2::bit(4096) WHERE tenant_id = $1 AND user_id = 'usr_control'`, values: [tenantId, rows[0]?.bits] }));
    });
    await inTurns(work, 2 * clientsPerProcess);

    expect((await bitsOf(tenantId, 'usr_control')).bits).toBeLessThan(events);
  });
});
