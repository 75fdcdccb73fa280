// Puts the list of routes on an Express application; there is no other way to it.
import type { ErrorRequestHandler, IRouter, RequestHandler } from 'express';
import { refuse } from '../../domain/shared/refusal.ts';
import { v1Dialect } from '../v1/problems.ts';
import type { Method, Route } from './define-route.ts';
import type { Dialect } from './dialect.ts';
import { Exchange } from './exchange.ts';
import { serveRoute } from './serve-route.ts';
import type { Serving } from './serving.ts';

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
  const dialects = [...new Set(routes.map((route) => route.dialect)), v1Dialect].sort((a, b) => b.pathPrefix.length - a.pathPrefix.length);
  const dialectOf = (path: string): Dialect => dialects.find(({ pathPrefix }) => path.startsWith(pathPrefix)) ?? v1Dialect;
  router.use(noSuchPath({ serving, dialectOf }));
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
  const refusal = refuse('METHOD_NOT_ALLOWED', { message: `This path accepts ${methods.join(', ')}.` });
  return (request, response) => {
    const exchange = new Exchange({ request, response, serving, dialect: first.dialect, template: first.path, quiet: false });
    if (request.method !== 'OPTIONS') {
      exchange.refuse(refusal, { allow: methods.join(', ') });
      return;
    }
    const preflight = serving.cors.preflightHeadersFor({ headers: request.headers, methods });
    exchange.reply({ status: 204, headers: { ...preflight, allow: methods.join(', ') }, body: '' });
  };
}

function allowedMethods(onPath: readonly Route[]): string[] {
  const methods: string[] = onPath.map((route) => route.method);
  if (methods.includes('GET')) methods.push('HEAD');
  return [...methods, 'OPTIONS'];
}

interface Fallback {
  readonly serving: Serving;
  dialectOf(path: string): Dialect;
}

function noSuchPath({ serving, dialectOf }: Fallback): RequestHandler {
  const refusal = refuse('NOT_FOUND');
  return (request, response) => {
    const dialect = dialectOf(request.path);
    new Exchange({ request, response, serving, dialect, template: null, quiet: false }).refuse(dialect.noSuchPath?.(request.path) ?? refusal);
  };
}

/** What Express itself throws before a route is met: a path that cannot be decoded. Express knows a handler for errors by its four parameters. */
function beforeAnyRoute({ serving, dialectOf }: Fallback): ErrorRequestHandler {
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
