// The name of an operation, made from method and path: `getDirectoryUsersById`.
import type { Route } from '../route/define-route.ts';

export function operationId({ method, path }: Pick<Route, 'method' | 'path'>): string {
  const words = path
    // It would have the name of /api/v1/health otherwise.
    .replace(/^\/health$/, '/plain/health')
    .replace(/^\/api\/v1\//, '/')
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => (segment.startsWith('{') ? `By${inCamels(segment.slice(1, -1))}` : inCamels(segment)));
  return method.toLowerCase() + words.join('');
}

function inCamels(text: string): string {
  return text
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');
}
