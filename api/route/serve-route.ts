// From a request that met its route to what the handler answers: token, scope, values, handler.
import type { Request, RequestHandler, Response } from 'express';
import type { Principal } from '../../domain/access/principal.ts';
import { hasAnyScope } from '../../domain/access/scopes.ts';
import { isRefusal, refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { authenticate } from '../auth/authenticate.ts';
import { noteSession } from '../auth/note-session.ts';
import type { ApiRequest } from './api-request.ts';
import type { BodyLease } from './body-budget.ts';
import type { Route } from './define-route.ts';
import { Exchange } from './exchange.ts';
import type { OpenWaits } from './open-waits.ts';
import { originOf, recordOwnAction } from './record-own-action.ts';
import type { CallEnd } from './record-own-action.ts';
import { readInput } from './read-input.ts';
import type { Input } from './read-input.ts';
import { refusalsOf } from './refusals-of.ts';
import { readyReply } from './send-reply.ts';
import type { Serving } from './serving.ts';
import { takeLimit } from './take-limit.ts';

export function serveRoute(route: Route, serving: Serving): RequestHandler {
  const { checkReplies } = serving;
  const declared = new Set(refusalsOf(route));

  return async (request, response) => {
    const exchange = new Exchange({ request, response, serving, dialect: route.dialect, template: route.path, quiet: route.quiet });
    const lease = (route.access === 'public' ? serving.publicBodies : serving.bodies).lease();
    try {
      const handled = await handleOnRecord({ request, response, route, serving, exchange, lease, input: null });
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
  /** What the request brought, once it has been read. */
  input: Input | null;
}

/** Actions of our own leave an entry however they end; their effects have written it themselves. */
async function handleOnRecord(handling: Handling): Promise<unknown> {
  const { request, route, serving, exchange } = handling;
  const { ownAction } = route;
  if (ownAction === null) return handle(handling);
  const startedAtMs = performance.now();
  const end: CallEnd = await handle(handling).then(
    (handled) => ({ handled }),
    (failure: unknown) => ({ failure }),
  );
  const { principal, requestId } = exchange;
  const durationMs = performance.now() - startedAtMs;
  try {
    await recordOwnAction(serving.world, { route, ownAction, principal, requestId, request, input: handling.input, durationMs, end });
  } catch (error) {
    serving.world.log.error({ err: error, request_id: requestId, action: ownAction.action }, 'an own action was not recorded');
  }
  if ('failure' in end) throw end.failure;
  return end.handled;
}

/** The token is looked at before anything is read: a stranger's body costs nothing. */
async function handle(handling: Handling): Promise<unknown> {
  const { request, response, route, serving, exchange, lease } = handling;
  if (route.access !== 'public') {
    const startedAtMs = performance.now();
    const caller = await authenticate(request.headers.authorization, serving.world);
    if (isRefusal(caller)) return caller;
    noteSession(serving.world, caller, request);
    exchange.principal =
      route.ownAction === null ? caller : { ...caller, origin: originOf({ request, principal: caller, authMs: performance.now() - startedAtMs }) };
  }
  // Before the scope is looked at: being refused is told of in the log, and nobody may fill it by that.
  const limited = await takeLimit({ route, exchange, world: serving.world });
  if (limited !== null) return limited;
  const denied = refuseByToken(route, exchange.principal) ?? route.before(serving.world);
  if (denied !== null) return denied;
  const input = await readInput(request, { route, lease });
  if (isRefusal(input)) return input;
  handling.input = input;
  const { principal, requestId } = exchange;
  return route.handle(new RunningRequest({ input, principal, requestId, response, waits: serving.waits }), serving.world);
}

/** A scope holds in the whole tenant: on a route that does not judge what it is asked for, it is of no use to a token limited to profiles. */
function refuseByToken({ access, limitedTokens }: Route, principal: Principal | null): Refusal | null {
  if (typeof access !== 'object' || principal === null) return null;
  const { anyScope } = access;
  if (!hasAnyScope(principal, anyScope)) return refuse('FORBIDDEN', { message: `The token has none of the scopes this needs: ${anyScope.join(', ')}.` });
  return principal.entities !== null && limitedTokens === 'refused' ? limited : null;
}

const limited = refuse('FORBIDDEN', { message: 'The token is limited to some profiles, and this is about the whole tenant.' });

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
