// From a request that met its route to what the handler answers: token, scope, values, handler.
import type { Request, RequestHandler, Response } from 'express';
import type { Principal } from '../../domain/access/principal.ts';
import { hasAnyScope } from '../../domain/access/scopes.ts';
import { isRefusal, refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { authenticate } from '../auth/authenticate.ts';
import type { ApiRequest } from './api-request.ts';
import type { BodyLease } from './body-budget.ts';
import type { Route } from './define-route.ts';
import { Exchange } from './exchange.ts';
import type { OpenWaits } from './open-waits.ts';
import { readInput } from './read-input.ts';
import type { Input } from './read-input.ts';
import { refusalsOf } from './refusals-of.ts';
import { readyReply } from './send-reply.ts';
import type { Serving } from './serving.ts';

export function serveRoute(route: Route, serving: Serving): RequestHandler {
  const { checkReplies } = serving;
  const declared = new Set(refusalsOf(route));

  return async (request, response) => {
    const exchange = new Exchange({ request, response, serving, dialect: route.dialect, template: route.path, quiet: route.quiet });
    const lease = serving.bodies.lease();
    try {
      const handled = await handle({ request, response, route, serving, exchange, lease });
      if (!isRefusal(handled)) exchange.reply(readyReply(handled, { route, checkReplies }));
      else if (checkReplies && !declared.has(handled.code))
        throw new Error(`${route.method} ${route.path} refused with ${handled.code}, which it does not document`);
      else exchange.refuse(handled);
    } catch (failure) {
      exchange.fail(failure);
    } finally {
      lease.giveBack();
    }
  };
}

interface Handling {
  readonly request: Request;
  readonly response: Response;
  readonly route: Route;
  readonly serving: Serving;
  readonly exchange: Exchange;
  readonly lease: BodyLease;
}

/** The token is looked at before anything is read: a stranger's body costs nothing. */
async function handle({ request, response, route, serving, exchange, lease }: Handling): Promise<unknown> {
  if (route.access !== 'public') {
    const caller = await authenticate(request.headers.authorization, serving.world);
    if (isRefusal(caller)) return caller;
    exchange.principal = caller;
    if (route.access !== 'signed-in' && !hasAnyScope(caller, route.access.anyScope)) return outOfScope(route.access.anyScope);
  }
  const input = await readInput(request, { route, lease });
  if (isRefusal(input)) return input;
  const { principal, requestId } = exchange;
  return route.handle(new RunningRequest({ input, principal, requestId, response, waits: serving.waits }), serving.world);
}

function outOfScope(asked: readonly string[]): Refusal {
  return refuse('FORBIDDEN', { message: `The token has none of the scopes this needs: ${asked.join(', ')}.` });
}

interface RunningRequestParts {
  readonly input: Input;
  readonly principal: Principal | null;
  readonly requestId: string;
  readonly response: Response;
  readonly waits: OpenWaits;
}

class RunningRequest implements ApiRequest<unknown, unknown, unknown, unknown, Principal | null> {
  readonly params: unknown;
  readonly query: unknown;
  readonly headers: unknown;
  readonly body: unknown;
  readonly principal: Principal | null;
  readonly requestId: string;
  readonly #response: Response;
  readonly #waits: OpenWaits;
  #signal: AbortSignal | undefined;

  constructor({ input, principal, requestId, response, waits }: RunningRequestParts) {
    this.params = input.params;
    this.query = input.query;
    this.headers = input.headers;
    this.body = input.body;
    this.principal = principal;
    this.requestId = requestId;
    this.#response = response;
    this.#waits = waits;
  }

  /** Made when first asked for: a signal costs more than all the rest of a small request's way. */
  get signal(): AbortSignal {
    this.#signal ??= this.#waits.signalFor(this.#response);
    return this.#signal;
  }
}
