// Puts the list of routes on an Express application; there is no other way to it.
import type { ErrorRequestHandler, IRouter, RequestHandler } from 'express';
import { refuse } from '../../domain/shared/refusal.ts';
import { v1Dialect } from '../v1/problems.ts';
import type { Method, Route } from './define-route.ts';
import type { Dialect } from './dialect.ts';
import { Exchange } from './exchange.ts';
import { refuseMethod } from './refuse-method.ts';
import { serveRoute } from './serve-route.ts';
import type { Serving } from './serving.ts';
import { unlistedPath } from './unlisted-path.ts';

export interface Mounting {
  readonly routes: readonly Route[];
  readonly serving: Serving;
}

/** Express looks from the first route to the last: the busiest stand first. */
export function mountRoutes(router: IRouter, { routes, serving }: Mounting): void {
  assertReachable(routes);
  for (const [path, onPath] of Map.groupBy(routes, (route) => route.path)) {
    const mounted = router.route(expressPath(path));
    for (const route of onPath) mounted[verbs[route.method]](serveRoute(route, serving));
    mounted.all(otherMethods(onPath, serving));
  }
  const dialectOf = dialectsByPath(routes);
  router.use(unlistedPath({ serving, dialectOf }));
  router.use(beforeAnyRoute({ serving, dialectOf }));
}

const verbs = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' } as const satisfies Record<Method, string>;

function expressPath(path: string): string {
  return path.replaceAll(/\{([a-z_]+)\}/g, ':$1');
}

function otherMethods(onPath: readonly Route[], serving: Serving): RequestHandler {
  const methods = allowedMethods(onPath);
  const [first] = onPath;
  if (first === undefined) throw new Error('a path without a route');
  return (request, response) => {
    const exchange = new Exchange({ request, response, serving, dialect: first.dialect, template: first.path, quiet: false });
    refuseMethod(exchange, { request, methods, cors: serving.cors });
  };
}

function allowedMethods(onPath: readonly Route[]): string[] {
  const methods: string[] = onPath.map((route) => route.method);
  if (methods.includes('GET')) methods.push('HEAD');
  return [...methods, 'OPTIONS'];
}

/** The dialect of the longest of its paths; v1 where no other dialect is at home. */
function dialectsByPath(routes: readonly Route[]): (path: string) => Dialect {
  const dialects = new Set([...routes.map((route) => route.dialect), v1Dialect]);
  const homes = [...dialects].flatMap((dialect) => (dialect.paths ?? []).map((home) => ({ home, dialect })));
  homes.sort((a, b) => b.home.length - a.home.length);
  return (path) => homes.find(({ home }) => path === home || path.startsWith(`${home}/`))?.dialect ?? v1Dialect;
}

/** What Express itself throws before a route is met: a path that cannot be decoded. Express knows a handler for errors by its four parameters. */
function beforeAnyRoute({ serving, dialectOf }: { readonly serving: Serving; dialectOf(path: string): Dialect }): ErrorRequestHandler {
  const refusal = refuse('BAD_REQUEST', { message: 'The path is not percent-encoded UTF-8.' });
  return (failure: unknown, request, response, _next) => {
    const exchange = new Exchange({ request, response, serving, dialect: dialectOf(request.path), template: null, quiet: false });
    if (failure instanceof URIError) exchange.refuse(refusal);
    else exchange.fail(failure);
  };
}

/** A route that another one before it hides would stand in the document and never answer. */
function assertReachable(routes: readonly Route[]): void {
  routes.forEach((route, index) => {
    for (const earlier of routes.slice(0, index)) {
      const name = `${route.method} ${route.path}`;
      if (earlier.path === route.path && earlier.method === route.method) throw new Error(`${name} stands twice in the list of routes`);
      if (earlier.path !== route.path && patternOf(earlier.path).test(route.path))
        throw new Error(`${name} is hidden by ${earlier.path}, which stands before it`);
    }
  });
}

function patternOf(path: string): RegExp {
  const literal = path.replace(/\/$/, '').replaceAll('.', '\\.');
  return new RegExp(`^${literal.replaceAll(/\{[a-z_]+\}/g, '[^/]+')}/?$`);
}
