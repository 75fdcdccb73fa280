// Records a call of one of our own actions once its answer is known: refused, failed, or looked at. The answer waits for it a moment at most.
import type { IncomingMessage } from 'node:http';
import type { Principal, RequestOrigin } from '../../domain/access/principal.ts';
import { ownEntry } from '../../domain/journal/own-entry.ts';
import type { OwnOutcome } from '../../domain/journal/own-entry.ts';
import { codeOfFailure, outcomeOfRefusal } from '../../domain/own-action/outcome-of-refusal.ts';
import { ownActions, resourceTypes } from '../../domain/own-action/own-actions.ts';
import { roleOf } from '../../domain/own-action/role-of.ts';
import type { JsonObject } from '../../domain/shared/json.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import type { ApiWorld } from '../world.ts';
import { addressOf } from '../auth/address-of.ts';
import { loggedPath } from '../access-log.ts';
import type { Route } from './define-route.ts';
import { check } from './field-problems.ts';
import { ShuttingDown } from './open-waits.ts';
import type { OwnActionOfRoute } from './own-action.ts';
import { ClientGone } from './read-body.ts';
import type { Input } from './read-input.ts';
import { textProblem } from './storable-text.ts';

/** How a call ended. */
export type CallEnd = { readonly handled: unknown } | { readonly failure: unknown };

export interface EndedCall {
  readonly route: Route;
  readonly ownAction: OwnActionOfRoute;
  readonly principal: Principal | null;
  readonly requestId: string;
  readonly request: IncomingMessage & { readonly params: Readonly<Record<string, unknown>> };
  /** Absent when the call was refused before its values were read. */
  readonly input: Input | null;
  readonly durationMs: number;
  readonly end: CallEnd;
}

export async function recordOwnAction(world: ApiWorld, call: EndedCall): Promise<void> {
  const told = whatToTell(call);
  if (told === null || call.principal === null) return;
  const { principal, ownAction, requestId, durationMs } = call;
  const { action } = ownAction;
  const words = ownActions[action];
  const origin = principal.origin === undefined ? {} : { origin: { ...principal.origin, actionMs: rounded(durationMs) } };
  const entry = ownEntry({
    id: world.ids.next(),
    nowMs: world.clock.nowMs(),
    ownAction: action,
    actor: { ...principal, ...origin },
    requestId,
    resourceType: resourceTypes[words.resourceType],
    resourceId: words.resourceId ?? resourceOf(call),
    details: { ...told.details, ...(words.kind === 'read' ? queryOf(call.request) : {}) },
    ...(told.outcome === null ? {} : { outcome: told.outcome }),
  });
  await within(longestWaitMs, world.recorder.record(principal.tenantId, entry));
}

/** Where a call came from, for the entries it leads to. */
export function originOf({ request, principal, authMs }: { request: IncomingMessage; principal: Principal; authMs: number }): RequestOrigin {
  const agent = request.headers['user-agent'];
  return {
    method: request.method ?? 'GET',
    path: loggedPath(request.url ?? '/'),
    ipAddress: addressOf(request),
    userAgent: agent === undefined || agent === '' ? null : agent.slice(0, userAgentLimit),
    role: roleOf(principal),
    authMs: rounded(authMs),
  };
}

const longestWaitMs = 250;
const userAgentLimit = 512;
const queryLimit = 1_024;

interface Told {
  readonly outcome: OwnOutcome | null;
  readonly details: JsonObject;
}

/** Null when there is nothing to tell: an effect that succeeded has told of itself. */
function whatToTell({ end, ownAction: { action }, route, principal, input }: EndedCall): Told | null {
  if ('failure' in end) {
    if (end.failure instanceof ClientGone || end.failure instanceof ShuttingDown) return null;
    return { outcome: { outcome: 'failure', code: codeOfFailure(action) }, details: {} };
  }
  if (!isRefusal(end.handled)) return ownActions[action].kind === 'read' ? { outcome: null, details: {} } : null;
  const refusal = end.handled;
  const mayBeHidden = route.access === 'signed-in' || principal?.entities != null;
  const outcome = outcomeOfRefusal({ action, refusal, mayBeHidden });
  // Values that do not fit their schema are no action yet; being denied is told of at any point.
  if (outcome === null || (outcome.outcome === 'failure' && input === null)) return null;
  return { outcome, details: { refused_with: refusal.code, reason: refusal.message.slice(0, 500) } };
}

function resourceOf({ route, ownAction, input, request }: EndedCall): string | null {
  const params = input?.params ?? check(route.params, { value: { ...request.params }, rootName: 'path' }).value;
  if (params === undefined) return null;
  const id = ownAction.resourceOf({ params, query: input?.query, body: input?.body });
  return id === null || textProblem(id) !== null ? null : id.slice(0, 256);
}

/** What was asked for, but no words that were searched for: the entry would be found by the same search ever after. */
function queryOf({ url = '' }: IncomingMessage): JsonObject {
  const mark = url.indexOf('?');
  if (mark === -1) return {};
  const query: Record<string, string> = {};
  let length = 0;
  for (const [name, value] of new URLSearchParams(url.slice(mark + 1))) {
    if (untoldParameters.has(name) || textProblem(name + value) !== null) continue;
    length += name.length + value.length;
    if (length > queryLimit) break;
    query[name] = value;
  }
  return { query };
}

const untoldParameters = new Set(['q', 'search', 'cursor', 'token', 'ticket', 'auth_token', 'access_token']);

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}

/** The work goes on when the time is over. */
async function within(limitMs: number, work: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => {
    late.resolve(undefined);
  }, limitMs);
  await Promise.race([work, late.promise]);
  clearTimeout(timer);
}
