// One request and its answer, however it ends: by a reply, a refusal or a failure; then its log line and its figure.
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Principal } from '../../domain/access/principal.ts';
import type { LimitStanding } from '../../domain/rate-limit/rate-limits.ts';
import { refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { logRequest } from '../access-log.ts';
import type { Dialect } from './dialect.ts';
import { limitHeaders } from './limit-headers.ts';
import { ShuttingDown } from './open-waits.ts';
import { ClientGone } from './read-body.ts';
import { requestIdOf } from './request-id.ts';
import { securityHeaders } from './security-headers.ts';
import { readyProblem, sendReply } from './send-reply.ts';
import type { ReadyReply } from './send-reply.ts';
import type { Serving } from './serving.ts';

export interface ExchangeParts {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly serving: Serving;
  readonly dialect: Dialect;
  /** The template of the route; null where none stands. */
  readonly template: string | null;
  readonly quiet: boolean;
}

export class Exchange {
  readonly requestId: string;
  principal: Principal | null = null;
  readonly #parts: ExchangeParts;
  readonly #target: string;
  readonly #startedAtMs = performance.now();
  #limitHeaders: Readonly<Record<string, string>> = {};

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
    this.#target = parts.request.url ?? '/';
    this.requestId = requestIdOf(parts.request.headers['x-request-id'], parts.serving.world.ids);
  }

  /** Said on the answer, whatever it will be. */
  tellLimit(standing: LimitStanding): void {
    const { dialect } = this.#parts;
    this.#limitHeaders = dialect.limitHeaders?.(standing) ?? limitHeaders(standing);
  }

  reply(reply: ReadyReply): void {
    const { request, response, serving } = this.#parts;
    if (response.closed) {
      this.#record(clientClosedRequest);
      return;
    }
    const base: OutgoingHttpHeaders = { ...securityHeaders, ...serving.cors.headersFor(request.headers), ...this.#limitHeaders, 'x-request-id': this.requestId };
    // The last answer on this connection: otherwise a client could keep a stopping process alive with it.
    if (serving.waits.isStopping) base['connection'] = 'close';
    sendReply(response, { reply, base });
    this.#record(reply.status);
  }

  refuse(refusal: Refusal, headers: Readonly<Record<string, string>> = {}): void {
    const method = this.#parts.request.method ?? 'GET';
    const problem = this.#parts.dialect.translate({ refusal, requestId: this.requestId, method, target: this.#target });
    this.reply(readyProblem({ ...problem, headers: { ...problem.headers, ...headers } }));
  }

  /** What went wrong is for the log; the caller learns only that it did, and whether coming back helps. */
  fail(failure: unknown): void {
    const { response, serving } = this.#parts;
    if (failure instanceof ClientGone || (response.closed && isAbort(failure))) {
      this.#record(clientClosedRequest);
    } else if (failure instanceof ShuttingDown) {
      this.refuse(comeBack);
    } else if (serving.world.isUnreachable(failure)) {
      serving.world.log.warn({ err: failure, ...this.#inLog() }, 'a part that is needed is not reachable');
      this.refuse(comeBack);
    } else {
      serving.world.log.error({ err: failure, ...this.#inLog() }, 'request failed');
      this.#refuseOrCut();
    }
  }

  /** Bytes that were sent cannot be taken back; the client must see that the answer is not whole. */
  #refuseOrCut(): void {
    const { response } = this.#parts;
    if (!response.headersSent) {
      this.refuse(refuse('INTERNAL'));
      return;
    }
    response.destroy();
    this.#record(response.statusCode);
  }

  #record(status: number): void {
    const { request, serving, template, quiet } = this.#parts;
    const durationMs = performance.now() - this.#startedAtMs;
    const method = request.method ?? 'GET';
    serving.world.metrics.countRequest({
      method: template === null ? 'any' : method,
      path: template ?? 'none',
      status,
      seconds: durationMs / 1000,
    });
    logRequest(serving.world.log, {
      method,
      url: this.#target,
      route: template,
      status,
      durationMs,
      requestId: this.requestId,
      principal: this.principal,
      quiet,
    });
  }

  #inLog(): Readonly<Record<string, unknown>> {
    return { request_id: this.requestId, route: this.#parts.template, tenant: this.principal?.tenantId ?? null };
  }
}

const comeBack = refuse('UNAVAILABLE', { retryAfterSeconds: 1 });
/** Never sent: what the log calls a request whose client did not wait. */
const clientClosedRequest = 499;

function isAbort(failure: unknown): boolean {
  return typeof failure === 'object' && failure !== null && 'name' in failure && failure.name === 'AbortError';
}
