// Polls at the head beside a bare Express route that answers a constant; and what statements the database saw meanwhile.
import pg from 'pg';
import type { BenchInstallation } from '../installation.ts';
import { sendLoad } from '../load.ts';
import type { Comparison } from '../measure.ts';

const clients = 32;
const requests = 8_000;

export async function pollAtHead(installation: BenchInstallation): Promise<{ comparison: Comparison; end: () => Promise<void>; statements: () => Promise<number> }> {
  const { apiUrl, ownerUrl, token } = installation;
  const headers = { authorization: `Bearer ${token}` };
  const database = new pg.Pool({ connectionString: ownerUrl, max: 1 });
  await database.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
  const answer = await fetch(`${apiUrl}/api/v1/sync/changes`, { headers, signal: AbortSignal.timeout(20_000) });
  const { cursor } = (await answer.json()) as { cursor: string };
  const floorUrl = await installation.startFloor('bench/floors/constant.ts');

  const get = (url: string, path: string, own: Record<string, string>) => async () => {
    await sendLoad({ url, clients, requests, status: 200, request: () => ({ method: 'GET', path, headers: own }) });
    return requests;
  };
  const comparison: Comparison = {
    name: 'poll-at-head',
    unit: 'polls',
    oursIs: `GET /api/v1/sync/changes with a cursor at the head, ${String(clients)} clients`,
    floorIs: 'a bare Express route that answers a constant',
    target: null,
    ours: { round: get(apiUrl, `/api/v1/sync/changes?cursor=${cursor}`, headers) },
    floor: { round: get(floorUrl, '/', {}) },
  };
  return {
    comparison,
    end: () => database.end(),
    /** Statements of the application role over one round of polls, those of the tail's own beat aside. */
    async statements() {
      await database.query('SELECT pg_stat_statements_reset()');
      await comparison.ours.round();
      const { rows } = await database.query<{ calls: string }>(
        `SELECT coalesce(sum(calls), 0) AS calls FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid WHERE r.rolname = 'bench_app' AND query NOT LIKE '%tenant_heads%'`,
      );
      return Number(rows[0]?.calls ?? Number.NaN);
    },
  };
}
