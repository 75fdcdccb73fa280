// The door to the model: one question, one bounded answer, or a word about why there is none.
import OpenAI, { APIConnectionTimeoutError, APIError, APIUserAbortError } from 'openai';
import type { Clock } from '../../domain/shared/clock.ts';
import { longestText } from '../../domain/summary/check-text.ts';
import type { PromptMessage } from '../../domain/summary/prompt.ts';
import { AnswerTooLarge, EgressRefused, createGuardedFetch } from '../egress/guarded-fetch.ts';

/** These words alone leave here: what a provider says in its errors may hold anything. */
export type ModelFailure = 'timed out' | 'too large' | 'not allowed out' | 'not reached' | 'no text' | 'being spared' | `status ${string}`;

export type ModelReply = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'failed'; readonly why: ModelFailure };

export interface ModelDoor {
  ask(messages: readonly PromptMessage[], options: { readonly signal: AbortSignal }): Promise<ModelReply>;
}

export interface ModelDoorOptions {
  readonly baseUrl: string;
  readonly apiKey: string | null;
  readonly model: string;
  /** Networks that may be reached although they are private. */
  readonly allowed: readonly string[];
  readonly clock: Clock;
  readonly limitMs?: number;
}

const mostBytes = 256 * 1024;
/** With room for models that think before they write. */
const mostTokens = 2_000;
const spareAfter = 5;
const spareMs = 30_000;

/** Speaks to any endpoint that speaks OpenAI's protocol. Trying again is for the workflow; after a few failures in a row the provider is spared for a while. */
export function createModelDoor({ baseUrl, apiKey, model, allowed, clock, limitMs = 25_000 }: ModelDoorOptions): ModelDoor {
  const client = new OpenAI({
    baseURL: baseUrl,
    apiKey: apiKey ?? 'none',
    organization: null,
    project: null,
    maxRetries: 0,
    timeout: limitMs,
    // It would write requests, and their key with them, to the console.
    logLevel: 'off',
    fetch: createGuardedFetch({ allowed, mostBytes }),
  });
  let failures = 0;
  let sparedUntilMs = 0;

  async function asked(messages: readonly PromptMessage[], signal: AbortSignal): Promise<ModelReply> {
    // Over the whole answer: the client's own limit ends with its first byte.
    const limit = AbortSignal.timeout(limitMs);
    try {
      const completion: unknown = await client.chat.completions.create({ model, messages: [...messages], max_completion_tokens: mostTokens }, { signal: AbortSignal.any([signal, limit]) });
      const text = textOf(completion);
      return text === null ? { kind: 'failed', why: 'no text' } : { kind: 'text', text };
    } catch (error) {
      signal.throwIfAborted();
      return { kind: 'failed', why: limit.aborted ? 'timed out' : failureOf(error) };
    }
  }

  return {
    async ask(messages, { signal }) {
      if (clock.nowMs() < sparedUntilMs) return { kind: 'failed', why: 'being spared' };
      const reply = await asked(messages, signal);
      failures = reply.kind === 'failed' ? failures + 1 : 0;
      if (failures >= spareAfter) sparedUntilMs = clock.nowMs() + spareMs;
      return reply;
    },
  };
}

/** Answers come from outside: nothing about their form is certain. */
function textOf(completion: unknown): string | null {
  const content = at(at(at(at(completion, 'choices'), 0), 'message'), 'content');
  return typeof content === 'string' && content.length <= longestText * 2 ? content.trim() : null;
}

function at(value: unknown, key: string | number): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Record<string | number, unknown>)[key] : undefined;
}

function failureOf(error: unknown): ModelFailure {
  for (let cause: unknown = error, depth = 0; cause instanceof Error && depth < 4; cause = cause.cause, depth += 1) {
    if (cause instanceof AnswerTooLarge) return 'too large';
    if (cause instanceof EgressRefused) return 'not allowed out';
  }
  if (error instanceof APIConnectionTimeoutError || error instanceof APIUserAbortError) return 'timed out';
  if (error instanceof APIError && error.status !== undefined) return `status ${String(error.status)}`;
  return error instanceof SyntaxError ? 'no text' : 'not reached';
}
