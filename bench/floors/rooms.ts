// The floor of live latency: bare Socket.IO with rooms. A POST to /emit is sent to its room; one to /write is inserted and committed first.
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import pg from 'pg';
import { Server } from 'socket.io';
import { nowMs } from '../moments.ts';

const pool = new pg.Pool({ connectionString: String(process.argv[2]), max: 6 });
await pool.query('CREATE TABLE IF NOT EXISTS bare_event (id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), body jsonb NOT NULL)');

const http = createServer((request, response) => {
  void publish(request).then((atMs) => response.end(JSON.stringify({ atMs })));
});
const io = new Server(http, { perMessageDeflate: false, transports: ['websocket'] });
io.of('/realtime').on('connection', (socket) => {
  socket.on('join', ({ share_id: room }: { readonly share_id: string }, answer: (answer: { readonly ok: true }) => void) => {
    void socket.join(room);
    answer({ ok: true });
  });
});

/** Answers when it was emitted. */
async function publish(request: IncomingMessage): Promise<number> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const body = Buffer.concat(parts).toString();
  const frame = JSON.parse(body) as { readonly data: { readonly share_id: string } };
  if (request.url === '/write') await pool.query({ name: 'write', text: 'INSERT INTO bare_event (body) VALUES ($1)', values: [body] });
  const atMs = nowMs();
  io.of('/realtime').to(frame.data.share_id).emit('frame', frame);
  return atMs;
}

http.listen(0, '127.0.0.1', () => {
  const address = http.address();
  process.send?.({ url: `http://127.0.0.1:${String(typeof address === 'object' ? address?.port : '')}` });
});
process.on('disconnect', () => process.exit(0));
