// The floor of single ingest: a bare Express route that does one INSERT for each request.
import express from 'express';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: String(process.argv[2]), max: 20 });
const app = express();
app.use(express.json());
app.post('/', async (request, response) => {
  const event = request.body as Record<string, unknown>;
  const change = event.change as Record<string, unknown>;
  await pool.query({
    name: 'insert-one',
    text: `INSERT INTO floor_entry (tenant_id, recorded_at, id, event_time, event_type, event, category, severity, action, outcome, current_category, sub_category,
        visibility, permission, notification, activity, user_id, user_email, share_id, resource_type, resource_id, resource_name, path, change_type, new_path, version_id,
        change_metadata, ip_address, user_agent, details, salt, leaf, link, search_text)
      VALUES ('floor', now(), $1, $2, $3, 'share_storage_file_added', 'file_modification', 'info', 'create', 'success', 'share', 'storage', 'external', 'member', 'none',
        '{}', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, '', '', '', '')`,
    values: [
      crypto.randomUUID(), event.event_time, event.event_type, event.user_id, event.user_email, event.share_id, event.resource_type, event.resource_id, event.resource_name,
      event.path, change.change_type, change.new_path, change.version_id, change.metadata, event.ip_address, event.user_agent, event.details,
    ],
  });
  response.status(201).json({ ok: true });
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ url: `http://127.0.0.1:${String(typeof address === 'object' ? address?.port : '')}` });
});
process.on('disconnect', () => process.exit(0));
