// Listens to GET /api/events as a test does: what came, raw and event by event.
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';

export interface Listened {
  readonly answer: IncomingMessage;
  text(): string;
  events(): { id: string; name: string | undefined; body: any }[]; // eslint-disable-line @typescript-eslint/no-explicit-any -- what came is what is tested
  close(): void;
}

export function listenToEvents(url: string, query: string, headers: Record<string, string> = {}): Promise<Listened> {
  return new Promise((resolve, reject) => {
    const request = get(`${url}/api/events${query}`, { agent: false, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('error', () => undefined);
      answer.on('data', (part: string) => {
        text += part;
      });
      resolve({
        answer,
        text: () => text,
        events: () =>
          text
            .split('\n\n')
            // What is not ended yet may be half of it.
            .slice(0, -1)
            .filter((block) => /^data: /m.test(block))
            .map((block) => ({
              id: /^id: (.*)$/m.exec(block)?.[1] ?? '',
              name: /^event: (.*)$/m.exec(block)?.[1],
              body: JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? 'null') as unknown,
            })),
        close: () => request.destroy(),
      });
    });
    request.on('error', reject);
  });
}
