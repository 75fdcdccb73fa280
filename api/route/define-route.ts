// The only way to make a route: one value that gives its types, its validation and its page in the OpenAPI document.
import { z } from 'zod';
import type { Principal, Scope } from '../../domain/access/principal.ts';
import { costs } from '../../domain/rate-limit/limits.ts';
import type { LimitName } from '../../domain/rate-limit/limits.ts';
import type { Refusal, RefusalCode } from '../../domain/shared/refusal.ts';
import { v1Dialect } from '../v1/problems.ts';
import type { ApiWorld } from '../world.ts';
import type { ApiRequest } from './api-request.ts';
import type { BodyOf, BodySpec } from './body-spec.ts';
import type { Dialect } from './dialect.ts';
import { ownActionOfRoute } from './own-action.ts';
import type { OwnActionOfRoute, RouteOwnAction } from './own-action.ts';
import { isNoContent } from './reply.ts';
import type { Handled, ReplyOf, ReplySpec } from './reply.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** `public` asks for no token; `signed-in` for any valid one; otherwise one of the scopes, or a wider one, is needed. */
export type Access = 'public' | 'signed-in' | { readonly anyScope: readonly Scope[] };

/** How a token limited to profiles (`entities`) is met: turned away at the door, unless the handler judges what it asks for. */
export type LimitedTokens = 'refused' | 'judged';

export type CallerOf<A extends Access> = A extends 'public' ? null : Principal;

export interface RouteSpec<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Headers extends z.ZodObject,
  Body extends BodySpec,
  Reply extends ReplySpec,
  A extends Access,
> {
  readonly method: Method;
  /** As OpenAPI writes it: `/api/v1/directory/users/{id}`. */
  readonly path: string;
  /** One line, without a full stop. */
  readonly summary: string;
  readonly description?: string;
  readonly tag: string;
  readonly access: A;
  /** Only for routes that ask for a scope; `refused` unless given. Whoever is signed in is always judged by the handler. */
  readonly limitedTokens?: LimitedTokens;
  readonly params?: Params;
  /** Values arrive as strings: see `query-values.ts`. */
  readonly query?: Query;
  /** Only headers named here (in lower case) reach the handler. */
  readonly headers?: Headers;
  readonly body?: Body;
  readonly reply: Reply;
  /** Media types the handler may answer with instead, when the caller asks for them. */
  readonly alsoAs?: readonly string[];
  /** Of the ordinary reply; 200 unless given, 204 for `noContent`. */
  readonly status?: number;
  /** Other statuses the handler answers with the same reply shape, each with the reason. */
  readonly otherStatuses?: Readonly<Record<number, string>>;
  /** What the handler itself may refuse with; what the way to it may refuse is added by itself. */
  readonly refusals: readonly RefusalCode[];
  readonly dialect?: Dialect;
  /** What its requests count against: `requests` for whoever is signed in, unless another or none is named. */
  readonly limit?: LimitName | 'none';
  /** Of that limit; 1 for reading one thing and 2 for anything else unless given. A GET with a `limit` reads many. */
  readonly cost?: number;
  /** Makes its calls entries of the internal log: see `own-action.ts`. */
  readonly ownAction?: RouteOwnAction<z.output<Params>, z.output<Query>, BodyOf<Body>>;
  /** Called every few seconds by machines: its log lines are for debugging only. */
  readonly quiet?: boolean;
  /** What turns every request away before its body is read, if anything does. */
  before?(world: ApiWorld): Refusal | null;
  handle(
    request: ApiRequest<z.output<Params>, z.output<Query>, z.output<Headers>, BodyOf<Body>, CallerOf<A>>,
    world: ApiWorld,
  ): Handled<ReplyOf<Reply>> | Promise<Handled<ReplyOf<Reply>>>;
}

/** A route as the list holds it: the same fields, with the types of its values forgotten. */
export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly summary: string;
  readonly description: string | undefined;
  readonly tag: string;
  readonly access: Access;
  readonly limitedTokens: LimitedTokens;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  readonly headers: z.ZodObject;
  readonly body: BodySpec;
  readonly takesBody: boolean;
  readonly reply: ReplySpec;
  readonly alsoAs: readonly string[];
  readonly status: number;
  readonly otherStatuses: Readonly<Record<number, string>>;
  readonly refusals: readonly RefusalCode[];
  readonly dialect: Dialect;
  readonly limit: RouteLimit | null;
  readonly ownAction: OwnActionOfRoute | null;
  readonly quiet: boolean;
  before(world: ApiWorld): Refusal | null;
  handle(request: ApiRequest<unknown, unknown, unknown, unknown, Principal | null>, world: ApiWorld): unknown;
}

export interface RouteLimit {
  readonly name: LimitName;
  readonly cost: number;
}

const noFields = z.strictObject({});
const noHeaders = z.object({});
/** A route without a body takes none, or the empty object that many clients send all the same. */
const noBody = noFields.optional();

export type NoFields = typeof noFields;
export type NoHeaders = typeof noHeaders;
export type NoBody = typeof noBody;

export function defineRoute<
  const A extends Access,
  Reply extends ReplySpec,
  Params extends z.ZodObject = NoFields,
  Query extends z.ZodObject = NoFields,
  Headers extends z.ZodObject = NoHeaders,
  Body extends BodySpec = NoBody,
>(spec: RouteSpec<Params, Query, Headers, Body, Reply, A>): Route {
  const route: Route = {
    method: spec.method,
    path: spec.path,
    summary: spec.summary,
    description: spec.description,
    tag: spec.tag,
    access: spec.access,
    limitedTokens: spec.limitedTokens ?? (typeof spec.access === 'object' ? 'refused' : 'judged'),
    params: spec.params ?? noFields,
    query: spec.query ?? noFields,
    headers: spec.headers ?? noHeaders,
    body: spec.body ?? noBody,
    takesBody: spec.body !== undefined,
    reply: spec.reply,
    alsoAs: spec.alsoAs ?? [],
    status: spec.status ?? (isNoContent(spec.reply) ? spec.reply.status : 200),
    otherStatuses: spec.otherStatuses ?? {},
    refusals: spec.refusals,
    dialect: spec.dialect ?? v1Dialect,
    limit: limitOf(spec),
    ownAction: spec.ownAction === undefined ? null : ownActionOfRoute(spec.ownAction),
    quiet: spec.quiet ?? false,
    before: spec.before?.bind(spec) ?? nothingInTheWay,
    handle: spec.handle.bind(spec),
  };
  assertSound(route);
  return route;
}

function nothingInTheWay(): null {
  return null;
}

/** Nobody is known on a public route who could be counted. */
function limitOf({ access, limit = 'requests', cost, ...about }: Limited): RouteLimit | null {
  return access === 'public' || limit === 'none' ? null : { name: limit, cost: cost ?? usualCost(about) };
}

function usualCost({ method, query }: Pick<Limited, 'method' | 'query'>): number {
  if (method !== 'GET') return costs.write;
  return query !== undefined && 'limit' in query.shape ? costs.list : costs.read;
}

interface Limited {
  readonly access: Access;
  readonly method: Method;
  readonly query?: z.ZodObject;
  readonly limit?: LimitName | 'none';
  readonly cost?: number;
}

export function pathParameters(path: string): string[] {
  return [...path.matchAll(/\{([^}]*)\}/g)].map(([, name]) => String(name));
}

/** A mistake in a route is found when the module is loaded, not by its first caller. */
function assertSound(route: Route): void {
  const name = `${route.method} ${route.path}`;
  if (!/^(?:\/(?:[A-Za-z0-9._-]+|\{[a-z_]+\}))+\/?$/.test(route.path))
    throw new Error(`${name}: the path is not of the form /api/v1/things/{id}`);
  const inPath = pathParameters(route.path).sort();
  const inSchema = Object.keys(route.params.shape).sort();
  if (inPath.join() !== inSchema.join())
    throw new Error(`${name}: the path names {${inPath.join()}} but params describes {${inSchema.join()}}`);
  if (!isStrict(route.params)) throw new Error(`${name}: params must be a z.strictObject`);
  if (route.ownAction !== null && route.access === 'public') throw new Error(`${name}: nobody is known whose action it would be`);
  if (route.limitedTokens === 'refused' && typeof route.access !== 'object') throw new Error(`${name}: only a route that asks for a scope refuses limited tokens`);
  if (route.takesBody && route.method === 'GET') throw new Error(`${name}: a GET takes no body`);
  if (!isStrict(route.query)) throw new Error(`${name}: query must be a z.strictObject`);
  if (route.body instanceof z.ZodObject && !isStrict(route.body)) throw new Error(`${name}: body must be a z.strictObject`);
  if (isStrict(route.headers)) throw new Error(`${name}: headers must be a z.object, every client sends others too`);
  const upperCase = Object.keys(route.headers.shape).filter((header) => header !== header.toLowerCase());
  if (upperCase.length > 0) throw new Error(`${name}: headers are named in lower case, not ${upperCase.join()}`);
}

/** Other objects drop what they do not know; a field that is silently dropped is a wish that is silently refused. */
function isStrict(schema: z.ZodObject): boolean {
  return schema.def.catchall instanceof z.ZodNever;
}
