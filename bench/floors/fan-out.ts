// The floor of fan-out: bare Socket.IO and bare ws, one room each; what is posted to them is sent to everybody.
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Server } from 'socket.io';
import { WebSocketServer } from 'ws';

const http = createServer((request, response) => {
  if (request.url === '/cpu') {
    const { user, system } = process.cpuUsage();
    response.end(JSON.stringify({ seconds: (user + system) / 1e6 }));
  } else {
    void publish(request).then(() => response.end());
  }
});
const io = new Server(http, { perMessageDeflate: false, transports: ['websocket'], destroyUpgrade: false });
io.on('connection', (socket) => void socket.join('room'));
const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
http.on('upgrade', (request, socket, head) => {
  if (request.url === '/ws') webSockets.handleUpgrade(request, socket, head, () => undefined);
});

async function publish(request: IncomingMessage): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const frames = JSON.parse(Buffer.concat(parts).toString()) as unknown[];
  for (const frame of frames) {
    if (request.url === '/socket-io') io.to('room').emit('frame', frame);
    else {
      const text = JSON.stringify(frame);
      for (const client of webSockets.clients) client.send(text);
    }
  }
}

http.listen(0, '127.0.0.1', () => {
  const address = http.address();
  process.send?.({ url: `http://127.0.0.1:${String(typeof address === 'object' ? address?.port : '')}` });
});
process.on('disconnect', () => process.exit(0));
