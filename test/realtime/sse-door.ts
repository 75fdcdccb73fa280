// A client of the door of server-sent events.
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { eventually } from '../harness/eventually.ts';
import type { Door } from './door-client.ts';
import { Received } from './received.ts';

export const sseDoor: Door = {
  name: 'sse',
  async connect(connecting) {
    const received = new Received('');
    let response: IncomingMessage | undefined;
    let text = '';
    const request = get(`${connecting.url}/api/events`, {
      agent: false,
      headers: { authorization: `Bearer ${connecting.token}`, ...(connecting.cursor == null ? {} : { 'last-event-id': connecting.cursor }) },
    });
    request.on('error', () => {
      received.end(0);
    });
    request.on('response', (answer) => {
      response = answer;
      if (answer.statusCode !== 200) {
        answer.resume();
        received.end(answer.statusCode === 401 ? 4401 : (answer.statusCode ?? 0));
        return;
      }
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => {
        text += part;
        for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
          onBlock(text.slice(0, end), received);
          text = text.slice(end + 2);
        }
      });
      answer.on('close', () => {
        received.end(4401);
      });
    });
    await eventually(() => received.ready || received.isEnded, { everyMs: 2 });
    return Object.assign(received, {
      pause: () => {
        response?.pause();
      },
      resume: () => {
        response?.resume();
      },
      drop: () => {
        request.destroy();
      },
      leave: () => {
        response?.destroy();
      },
    });
  },
};

function onBlock(block: string, received: Received): void {
  const fields = new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
  received.at(fields.get('id'));
  received.ready = true;
  const data = fields.get('data');
  if (data === undefined) return;
  const event = JSON.parse(data) as { type: string; data: Record<string, unknown> };
  if (event.type === 'lag') received.lags += 1;
  if (event.type === 'audit_log_created') received.ids.push(String(event.data['requestId']));
}
