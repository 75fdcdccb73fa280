// Single-entry ingest with 64 clients beside a bare Express route that does one INSERT for each request.
import pg from 'pg';
import { uploadEvent } from '../entries.ts';
import type { BenchInstallation } from '../installation.ts';
import { sendLoad } from '../load.ts';
import type { Comparison } from '../measure.ts';

const clients = 64;
const requests = 6_000;

export async function ingestSingle(installation: BenchInstallation): Promise<{ comparison: Comparison; end: () => Promise<void> }> {
  const { apiUrl, ownerUrl, token } = installation;
  const database = new pg.Pool({ connectionString: ownerUrl, max: 1 });
  await database.query('CREATE TABLE floor_entry (LIKE entry INCLUDING DEFAULTS INCLUDING INDEXES)');
  await database.query('ALTER TABLE floor_entry ALTER seq ADD GENERATED ALWAYS AS IDENTITY');
  const floorUrl = await installation.startFloor('bench/floors/single-insert.ts');
  const bodies = Array.from({ length: requests }, (_, index) => JSON.stringify(uploadEvent(index)));

  const post = (url: string, path: string, headers: Record<string, string>) => async () => {
    const request = (index: number) => ({ method: 'POST' as const, path, headers: { 'content-type': 'application/json', ...headers }, body: bodies[index] ?? '' });
    await sendLoad({ url, clients, requests, status: 201, request });
    return requests;
  };
  const comparison: Comparison = {
    name: 'ingest-single',
    unit: 'entries',
    oursIs: `POST /api/v1/events, one entry a call, ${String(clients)} clients`,
    floorIs: 'a bare Express route, one autocommitted INSERT a request into a table with the same indexes, no token, no checks, no chain',
    target: 1.5,
    ours: { round: post(apiUrl, '/api/v1/events', { authorization: `Bearer ${token}` }) },
    floor: { round: post(floorUrl, '/', {}) },
  };
  return { comparison, end: () => database.end() };
}
