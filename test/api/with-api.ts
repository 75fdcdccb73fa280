// Starts a real listener for the time of one test, and ends it however the test ends.
import type { Route } from '../../api/route/define-route.ts';
import { startApi } from '../../api/start-api.ts';
import type { ApiParts, RunningApi } from '../../api/start-api.ts';
import { createFakeWorld } from './fake-world.ts';
import type { FakeWorld } from './fake-world.ts';

export interface TestApi extends RunningApi {
  readonly world: FakeWorld;
}

export interface TestApiParts extends Partial<Omit<ApiParts, 'world' | 'routes'>> {
  readonly routes: readonly Route[];
  readonly world?: FakeWorld;
}

export async function withApi(
  { routes, world = createFakeWorld(), ...parts }: TestApiParts,
  work: (api: TestApi) => Promise<void>,
): Promise<void> {
  const api = await startApi({ host: '127.0.0.1', port: 0, checkReplies: true, stopLimitMs: 5_000, ...parts, world, routes });
  try {
    await work({ ...api, world });
  } finally {
    await api.stop();
  }
}

/** The JSON body of an answer, with nothing promised about it. */
export async function bodyOf(response: Response): Promise<Record<string, unknown>> {
  return (await response.json()) as Record<string, unknown>;
}

/** The code of a v1 error body. */
export async function codeOf(response: Response): Promise<unknown> {
  const { error } = await bodyOf(response);
  return (error as { code: unknown }).code;
}

export function postJson(url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** Waits until something is so, without guessing how long it takes. */
export async function until(isSo: () => boolean, { limitMs = 5_000 }: { readonly limitMs?: number } = {}): Promise<void> {
  const endMs = Date.now() + limitMs;
  while (!isSo()) {
    if (Date.now() > endMs) throw new Error(`it did not come to pass within ${String(limitMs)} ms`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
