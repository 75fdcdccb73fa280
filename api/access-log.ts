// One line per request: who asked for what, and how it went; never what stands behind the question mark, never a header.
import type { Logger } from 'pino';
import type { Principal } from '../domain/access/principal.ts';

export interface AnsweredRequest {
  readonly method: string;
  readonly url: string;
  /** The route's template; null where no route stands. */
  readonly route: string | null;
  readonly status: number;
  readonly durationMs: number;
  readonly requestId: string;
  readonly principal: Principal | null;
  readonly quiet: boolean;
}

export function logRequest(log: Logger, request: AnsweredRequest): void {
  const { method, url, route, status, durationMs, requestId, principal, quiet } = request;
  const level = status >= 500 ? 'error' : quiet ? 'debug' : 'info';
  if (!log.isLevelEnabled(level)) return;
  log[level](
    {
      method,
      path: loggedPath(url),
      route,
      status,
      ms: Math.round(durationMs * 100) / 100,
      request_id: requestId,
      tenant: principal?.tenantId ?? null,
      user: principal?.userId ?? null,
    },
    'request',
  );
}

/** A caller may put a token where none belongs, also into the path. */
export function loggedPath(url: string): string {
  const mark = url.indexOf('?');
  const path = (mark === -1 ? url : url.slice(0, mark)).slice(0, pathLimit);
  return path.includes('eyJ') ? path.replace(/eyJ[^/]*/g, '[token]') : path;
}

const pathLimit = 512;
