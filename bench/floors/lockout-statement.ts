// The floor of a lockout decision: a bare Express route that runs the gate's own statements in one transaction under row security; no token, no checks, no decision.
import express from 'express';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: String(process.argv[2]), max: 8, pipeline: true });
const app = express();
app.use(express.json());
const state = JSON.stringify({ failures: [], open: [{ id: `${'0'.repeat(32)}.${'0'.repeat(26)}`, at: 1_700_000_000_000_000 }], closed: [], lockedUntil: null });

app.post('/', async (request, response) => {
  const { id, account, ip_address: address } = request.body as { id: string; account: string; ip_address: string };
  const client = await pool.connect();
  try {
    // Sent together wherever one does not need the other's answer, as the gate does it.
    await Promise.all([
      client.query(`BEGIN; SET LOCAL ROLE bench_app; SELECT set_config('holdfast.tenant', 'demo', true)`),
      client.query({
        name: 'make',
        text: `INSERT INTO lockout_pair (tenant_id, id, account, address, state, due_at) VALUES ($1, $2, $3, $4, '{"failures":[],"open":[],"closed":[],"lockedUntil":null}', now()) ON CONFLICT (tenant_id, id) DO NOTHING`,
        values: ['demo', id, account, address],
      }),
      client.query({ name: 'lock', text: 'SELECT account, address, version, state, recent, last_failure_at FROM lockout_pair WHERE tenant_id = $1 AND id = $2 FOR UPDATE', values: ['demo', id] }),
      client.query({ name: 'now', text: 'SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now', values: [] }),
      client.query({ name: 'settings', text: 'SELECT settings FROM tenant_settings WHERE tenant_id = $1', values: ['demo'] }),
    ]);
    await client.query({
      name: 'write',
      text: `UPDATE lockout_pair SET version = $3, state = $4, recent = '[]', failures = 0, last_failure_at = '-infinity', locked_until = NULL, locked_at = NULL, attempts = NULL, due_at = now() WHERE tenant_id = $1 AND id = $2`,
      values: ['demo', id, 0, state],
    });
    await client.query('COMMIT');
    response.json({ allowed: true });
  } finally {
    client.release();
  }
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ url: `http://127.0.0.1:${String(typeof address === 'object' ? address?.port : '')}` });
});
process.on('disconnect', () => process.exit(0));
