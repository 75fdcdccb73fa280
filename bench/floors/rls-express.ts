// A floor over stored entries: a bare Express route that runs one given statement as the application's role, under row security, and sends on what it answers.
import express from 'express';
import type { Express } from 'express';
import pg from 'pg';

export interface BareStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

export function serveBare(statement: BareStatement): void {
  const pool = new pg.Pool({ connectionString: String(process.argv[2]), max: 10, pipeline: true });
  listen(
    express().get('/', async (_request, response) => {
      const client = await pool.connect();
      try {
        const [, answered] = await Promise.all([
          client.query(`BEGIN; SET LOCAL ROLE bench_app; SELECT set_config('holdfast.tenant', 'demo', true)`),
          client.query({ text: statement.text, values: [...statement.values] }),
          client.query('COMMIT'),
        ]);
        response.json({ rows: answered.rows as unknown[] });
      } finally {
        client.release();
      }
    }),
  );
}

function listen(app: Express): void {
  const server = app.listen(0, '127.0.0.1', () => {
    const address = server.address();
    process.send?.({ url: `http://127.0.0.1:${String(typeof address === 'object' ? address?.port : '')}` });
  });
  process.on('disconnect', () => process.exit(0));
}
