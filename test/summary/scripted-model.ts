// A provider that does what it is told: a real HTTP server that speaks OpenAI's protocol, well or badly.
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SentMessage {
  readonly role: string;
  readonly content: string;
}

export interface Asked {
  readonly authorization: string | undefined;
  readonly path: string | undefined;
  readonly model: string;
  readonly messages: readonly SentMessage[];
}

/** What one question is answered with: a text, or whatever it does with the connection. */
export type Script = string | ((response: ServerResponse, asked: Asked) => void);

export interface ScriptedModel {
  /** As it is configured. */
  readonly baseUrl: string;
  readonly asked: readonly Asked[];
  /** How many connections are open. */
  readonly open: () => number;
  /** From now on, and the last of them again and again; forgets what was asked. */
  play(...scripts: readonly Script[]): void;
  /** For questions that carry these words, beside all others. */
  playFor(words: string, ...scripts: readonly Script[]): void;
  askedFor(words: string): readonly Asked[];
  end(): Promise<void>;
}

export async function startScriptedModel(): Promise<ScriptedModel> {
  let scripts: readonly Script[] = [];
  const scriptsFor = new Map<string, readonly Script[]>();
  const askedFor = (words: string): Asked[] => asked.filter(({ messages }) => messages.some(({ content }) => content.includes(words)));
  let asked: Asked[] = [];
  let open = 0;
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const { model, messages } = JSON.parse(body) as { model: string; messages: SentMessage[] };
      const one: Asked = { authorization: request.headers.authorization, path: request.url, model, messages };
      const words = [...scriptsFor.keys()].find((some) => messages.some(({ content }) => content.includes(some)));
      const played = words === undefined ? scripts : (scriptsFor.get(words) ?? []);
      const before = words === undefined ? asked.length : askedFor(words).length;
      const script = played[Math.min(before, played.length - 1)] ?? 'no script';
      asked.push(one);
      if (typeof script === 'string') say(script)(response);
      else script(response, one);
    });
  });
  server.on('connection', (socket) => {
    open += 1;
    socket.once('close', () => (open -= 1));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${String(port)}/v1`,
    get asked() {
      return asked;
    },
    open: () => open,
    play(...given) {
      scripts = given;
      asked = [];
    },
    playFor: (words, ...given) => void scriptsFor.set(words, given),
    askedFor,
    end: () =>
      new Promise((resolve) => {
        server.close(() => { resolve(); });
        server.closeAllConnections();
      }),
  };
}

/** An answer as the protocol has it. */
export function say(text: unknown): (response: ServerResponse) => void {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ id: 'c1', object: 'chat.completion', choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: text } }] }));
  };
}

export function status(code: number, body = '{"error":{"message":"internal: sk-secret-of-the-provider"}}'): Script {
  return (response) => {
    response.writeHead(code, { 'content-type': 'application/json' });
    response.end(body);
  };
}

/** Never answers. */
export const hang: Script = () => undefined;

/** Begins an answer that has no end, as fast as it is read. */
export const endless: Script = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"choices":[{"message":{"content":"');
  const more = (): void => {
    while (!response.destroyed && response.write('and so on '.repeat(1_000)));
  };
  response.on('drain', more);
  more();
};

/** Begins an answer, and then says a letter now and then. */
export const drip: Script = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(' '), 50);
  response.once('close', () => { clearInterval(timer); });
};

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
  return text;
}
