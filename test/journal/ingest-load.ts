// Clients that tell entries under keys and ask again until they are acknowledged, whatever dies meanwhile.
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../harness/eventually.ts';
import { randomFrom } from '../harness/random-from.ts';

export interface Acknowledged {
  /** Of the entry, given by its client: stored twice, it is found twice. */
  readonly name: string;
  readonly id: string;
  readonly seq: number;
}

export interface IngestLoad {
  /** Until so many more entries were acknowledged. */
  further(count: number): Promise<void>;
  /** No client begins anything new; what was begun is asked until it is acknowledged. */
  finish(): Promise<readonly Acknowledged[]>;
  /** Calls that had to be made again, by what had come instead of an answer. */
  readonly repeated: ReadonlyMap<string, number>;
  /** Acknowledged calls that were made once more and got another answer. */
  readonly changed: readonly string[];
}

export interface IngestLoadOptions {
  /** Of the processes that serve; any of them may be gone. */
  readonly urls: readonly string[];
  readonly token: string;
  readonly seed: number;
  readonly clients: number;
}

const answerLimitMs = 10_000;
const callLimitMs = 60_000;
const furtherLimitMs = 30_000;
const askAgainAfterMs = 15;

export function startIngestLoad({ urls, token, seed, clients }: IngestLoadOptions): IngestLoad {
  const acknowledged: Acknowledged[] = [];
  const repeated = new Map<string, number>();
  const changed: string[] = [];
  let going = true;
  let trouble: unknown;

  async function client(number: number): Promise<void> {
    const random = randomFrom(seed + number);
    for (let call = 0; going; call += 1) {
      const { names, ...message } = madeCall({ name: `${String(number)}-${String(call)}`, random });
      const results = await untilAcknowledged(message, random);
      for (const [place, name] of names.entries()) {
        const result = results[place];
        if (result === undefined) throw new Error(`${name} is missing in the answer`);
        acknowledged.push({ name, id: result.id, seq: result.seq });
      }
      if (random() < 0.1) await askOnceMore({ message, results, random });
    }
  }

  async function askOnceMore({ message, results, random }: { message: Message; results: readonly Result[]; random: () => number }): Promise<void> {
    const again = await untilAcknowledged(message, random);
    const wanted = results.map(({ id, seq }) => ({ id, seq, status: 'duplicate' }));
    if (JSON.stringify(again) !== JSON.stringify(wanted)) changed.push(`${JSON.stringify(results)} became ${JSON.stringify(again)}`);
  }

  async function untilAcknowledged(message: Message, random: () => number): Promise<readonly Result[]> {
    const giveUpAtMs = performance.now() + callLimitMs;
    while (performance.now() < giveUpAtMs) {
      const url = urls[Math.floor(random() * urls.length)];
      const answer = await ask({ url: String(url), token, message });
      if (typeof answer !== 'string') return answer;
      repeated.set(answer, (repeated.get(answer) ?? 0) + 1);
      await pause(askAgainAfterMs);
    }
    throw new Error(`nobody acknowledged ${message.body}`);
  }

  const running = Array.from({ length: clients }, (_, number) =>
    client(number).catch((error: unknown) => {
      trouble ??= error;
      going = false;
    }),
  );

  function throwTrouble(): void {
    if (trouble !== undefined) throw trouble instanceof Error ? trouble : new Error(JSON.stringify(trouble));
  }

  return {
    repeated,
    changed,
    async further(count) {
      const wanted = acknowledged.length + count;
      await eventually(() => trouble !== undefined || acknowledged.length >= wanted, { limitMs: furtherLimitMs, everyMs: 2 });
      throwTrouble();
    },
    async finish() {
      going = false;
      await Promise.all(running);
      throwTrouble();
      return acknowledged;
    },
  };
}

interface Message {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Result {
  readonly id: string;
  readonly seq: number;
  readonly status: string;
}

/** One to four entries, under a key for the call or under a key for each. */
function madeCall({ name, random }: { name: string; random: () => number }): Message & { readonly names: readonly string[] } {
  const names = Array.from({ length: 1 + Math.floor(random() * 4) }, (_, part) => `${name}-${String(part)}`);
  const keyOfCall = random() < 0.5;
  const events = names.map((resourceId) => ({
    event_type: 'file.create',
    share_id: 'shr_1',
    resource_type: 'file',
    resource_id: resourceId,
    change: { change_type: 'created' },
    ...(keyOfCall ? {} : { idempotency_key: resourceId }),
  }));
  return { names, body: JSON.stringify({ events }), headers: keyOfCall ? { 'idempotency-key': name } : {} };
}

/** What came instead, in words, when it was no answer. A refusal that asking again cannot change is an error. */
async function ask({ url, token, message }: { url: string; token: string; message: Message }): Promise<readonly Result[] | string> {
  let status: number;
  let text: string;
  try {
    const answer = await fetch(`${url}/api/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...message.headers },
      body: message.body,
      signal: AbortSignal.timeout(answerLimitMs),
    });
    status = answer.status;
    text = await answer.text();
  } catch {
    return 'no answer';
  }
  if (status === 201) return (JSON.parse(text) as { results: Result[] }).results;
  if (status === 429 || status === 503) return String(status);
  throw new Error(`${String(status)} ${text}`);
}
