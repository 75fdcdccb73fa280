// The floor of the changes page: a bare Express route that sends on the text the bare SQL answers with.
import express from 'express';
import pg from 'pg';
import { changeJsonSql } from '../../db/journal/change-json.ts';

const pool = new pg.Pool({ connectionString: String(process.argv[2]), max: 10 });
const app = express();
app.get('/', async (request, response) => {
  const { rows } = await pool.query<{ page: string }>({
    name: 'page',
    text: `SELECT string_agg(json, ',') AS page FROM (
        SELECT ${changeJsonSql} AS json FROM entry e WHERE e.tenant_id = $1 AND e.change_type IS NOT NULL AND e.seq > $2 ORDER BY e.seq LIMIT 1000) AS rows`,
    values: ['demo', Number(request.query.after)],
  });
  response.setHeader('content-type', 'application/json');
  response.end(`{"changes":[${rows[0]?.page ?? ''}]}`);
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ url: `http://127.0.0.1:${String(typeof address === 'object' ? address?.port : '')}` });
});
process.on('disconnect', () => process.exit(0));
